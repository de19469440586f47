"""The loader as it was first written, and as it was improved: the plain baselines of bench/installs.

    python3 original.py first|improved|improved-with-sleeps FOLDER WORKERS LIMIT PORT PORT PORT PORT

`first` makes a connection and a set for each record. `improved` has a process for each file, a
thread for each server, and batches of 128; with sleeps it waits 0.1 s after each batch, as the
original did. python-memcached and protobuf are used where they are installed; without them a
few lines on the standard library stand in, which are faster than the packages.
"""

import glob
import gzip
import json
import multiprocessing
import queue
import resource
import socket
import struct
import sys
import threading
import time

try:
    import memcache
except ImportError:
    memcache = None

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    Field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="appsinstalled.proto", package="appsinstalled", syntax="proto2")
    message = file.message_type.add(name="UserApps")
    message.field.add(name="apps", number=1, type=Field.TYPE_UINT32, label=Field.LABEL_REPEATED)
    message.field.add(name="lat", number=2, type=Field.TYPE_DOUBLE, label=Field.LABEL_OPTIONAL)
    message.field.add(name="lon", number=3, type=Field.TYPE_DOUBLE, label=Field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    UserApps = message_factory.GetMessageClass(pool.FindMessageTypeByName("appsinstalled.UserApps"))
except ImportError:
    UserApps = None

TYPES = ["idfa", "gaid", "adid", "dvid"]


def encode(apps, lat, lon):
    if UserApps is not None:
        made = UserApps()
        made.lat, made.lon = lat, lon
        made.apps.extend(apps)
        return made.SerializeToString()
    out = bytearray()
    for app in apps:
        out.append(8)
        while app > 127:
            out.append(app & 127 | 128)
            app >>= 7
        out.append(app)
    return bytes(out) + struct.pack("<BdBd", 17, lat, 25, lon)


class Plain:
    """Sets on a socket, for where python-memcached is not installed."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=4)
        self.answers = self.socket.makefile("rb")

    def set_multi(self, batch):
        self.socket.sendall(b"".join(b"set %s 0 0 %d\r\n%s\r\n" % (key.encode(), len(v), v) for key, v in batch.items()))
        return [key for key in batch if self.answers.readline() != b"STORED\r\n"]

    def set(self, key, value):
        return not self.set_multi({key: value})


def client(port):
    return Plain(port) if memcache is None else memcache.Client(["127.0.0.1:%d" % port], socket_timeout=4)


def parse(line):
    parts = line.strip().split("\t")
    if len(parts) < 5 or parts[0] not in TYPES or not parts[1]:
        return None
    kind, device, lat, lon, raw = parts
    try:
        apps = [int(app.strip()) for app in raw.split(",")]
        return kind, "%s:%s" % (kind, device), encode(apps, float(lat), float(lon))
    except ValueError:
        return None


def first(files, ports, limit):
    processed = 0
    for name in files:
        for line in gzip.open(name, "rt"):
            record = parse(line)
            if record is None:
                continue
            kind, key, value = record
            processed += bool(client(ports[kind]).set(key, value))
            if processed >= limit:
                return processed
    return processed


def send(records, port, pause, processed):
    server, batch = client(port), {}

    def flush():
        if batch:
            processed.append(len(batch) - len(server.set_multi(batch)))
            batch.clear()
            time.sleep(pause)

    while (record := records.get()) is not None:
        batch[record[0]] = record[1]
        if len(batch) >= 128:
            flush()
    flush()


def improved(job):
    name, ports, pause = job
    queues, threads, processed = {}, [], []
    for kind, port in ports.items():
        queues[kind] = queue.Queue(10000)
        threads.append(threading.Thread(target=send, args=(queues[kind], port, pause, processed)))
        threads[-1].start()
    for line in gzip.open(name, "rt"):
        record = parse(line)
        if record is not None:
            queues[record[0]].put(record[1:])
    for each in queues.values():
        each.put(None)
    for thread in threads:
        thread.join()
    return sum(processed)


def main():
    design, folder, workers, limit, *ports = sys.argv[1:]
    ports = dict(zip(TYPES, map(int, ports)))
    files = sorted(glob.glob(folder + "/*.tsv.gz"))
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    if design == "first":
        processed = first(files, ports, int(limit))
    else:
        pause = 0.1 if design == "improved-with-sleeps" else 0
        with multiprocessing.Pool(int(workers)) as processes:
            processed = sum(processes.map(improved, [(name, ports, pause) for name in files], chunksize=1))
    seconds = time.perf_counter() - started
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime - before.ru_utime - before.ru_stime + children.ru_utime + children.ru_stime
    memory = own.ru_maxrss + (0 if design == "first" else children.ru_maxrss * int(workers))
    packages = "%s, %s" % ("python-memcached" if memcache else "sockets", "protobuf" if UserApps else "struct")
    print(json.dumps({"records": processed, "seconds": seconds, "cpu": cpu, "memory": memory / 1024, "note": packages}))


if __name__ == "__main__":
    main()
