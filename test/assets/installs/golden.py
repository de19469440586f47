"""Makes golden.jsonl: lines of a log, and the bytes that Google's own protobuf makes of them.

    python3 -m venv venv && venv/bin/pip install protobuf==7.36.2 && venv/bin/python golden.py > golden.jsonl

The message is that of proto/appsinstalled.proto, described here once more so that no code is
shared with what is tested. The rules are those of the original loader: `int()` where the text
is all digits and fits a uint32, `float()`, both coordinates or none.
"""

import json
import random

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

file = descriptor_pb2.FileDescriptorProto(name="appsinstalled.proto", package="appsinstalled", syntax="proto2")
message = file.message_type.add(name="UserApps")
Field = descriptor_pb2.FieldDescriptorProto
message.field.add(name="apps", number=1, type=Field.TYPE_UINT32, label=Field.LABEL_REPEATED)
message.field.add(name="lat", number=2, type=Field.TYPE_DOUBLE, label=Field.LABEL_OPTIONAL)
message.field.add(name="lon", number=3, type=Field.TYPE_DOUBLE, label=Field.LABEL_OPTIONAL)
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
UserApps = message_factory.GetMessageClass(pool.FindMessageTypeByName("appsinstalled.UserApps"))


def encode(lat, lon, apps):
    made = UserApps()
    texts = [app.strip() for app in apps.split(",")]
    made.apps.extend(int(app) for app in texts if app.isascii() and app.isdigit() and int(app) < 2**32)
    try:
        y, x = float(lat), float(lon)
        if abs(y) < float("inf") and abs(x) < float("inf"):
            made.lat, made.lon = y, x
    except ValueError:
        pass
    return made.SerializeToString()


random.seed(10)
apps = "0,1,127,128,16383,16384,2097151,2097152,268435455,268435456,4294967295,0007, 9 ,42"
places = [
    ("67.7835424444", "-22.8044005471"), ("-104.68583244", "-51.24448376"), ("0", "-0"), ("-0.0", "+.5"), ("5.", "1e2"),
    ("0.1", "0.30000000000000004"), ("123456789012345", "1234567890123456789"), ("179.9999999999999", "-1E-7"),
    ("4.9e-324", "1.7976931348623157e308"), ("9007199254740993", "0.000000000000001"), (" 1.5 ", "2.25"),
    ("north", "1"), ("1", "0x10"), ("nan", "1"), ("1", "inf"), ("1e400", "1"), ("--1", "1"), ("1.2.3", "1"), (".", "1"),
]
records = [("idfa", f"place{n}", lat, lon, "7") for n, (lat, lon) in enumerate(places)]
records += [
    ("gaid", "apps", "1", "2", apps), ("adid", "none", "1", "2", "a,b"), ("dvid", "some", "1", "2", "1,x,,2,-3,+4,5.0,4294967296,6,"),
    ("dvid", "nothing", "x", "y", "z"), ("idfa", "\u0434\u043e\u043c", "55.55", "42.42", "1423,43,567,3,7,23"),
]
for n in range(40):
    device = random.choice(["idfa", "gaid", "adid", "dvid"])
    listed = ",".join(str(random.randrange(10 ** random.randrange(1, 10))) for _ in range(random.randrange(1, 90)))
    records.append((device, f"{random.getrandbits(128):032x}", repr(random.uniform(-180, 180)), f"{random.uniform(-90, 90):.10f}", listed))
for device, name, lat, lon, listed in records:
    line = "\t".join((device, name, lat, lon, listed))
    print(json.dumps({"line": line, "key": f"{device}:{name}", "hex": encode(lat, lon, listed).hex()}, ensure_ascii=False))
