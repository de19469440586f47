/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $Array = $util.global.Array, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $isFinite = $util.global.isFinite, $String = $util.global.String;

// Exported root namespace
const $root = $protobuf.roots["appsinstalled"] || ($protobuf.roots["appsinstalled"] = {});

export const appsinstalled = $root.appsinstalled = (() => {

    /**
     * Namespace appsinstalled.
     * @exports appsinstalled
     * @namespace
     */
    const appsinstalled = {};

    appsinstalled.UserApps = (function() {

        /**
         * Properties of a UserApps.
         * @typedef {Object} appsinstalled.UserApps.$Properties
         * @property {Array.<number>|null} [apps] UserApps apps
         * @property {number|null} [lat] UserApps lat
         * @property {number|null} [lon] UserApps lon
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a UserApps.
         * @memberof appsinstalled
         * @interface IUserApps
         * @augments appsinstalled.UserApps.$Properties
         * @deprecated Use appsinstalled.UserApps.$Properties instead.
         */

        /**
         * Shape of a UserApps.
         * @typedef {appsinstalled.UserApps.$Properties} appsinstalled.UserApps.$Shape
         */

        /**
         * Constructs a new UserApps.
         * @memberof appsinstalled
         * @classdesc Represents a UserApps.
         * @constructor
         * @param {appsinstalled.UserApps.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const UserApps = function (properties) {
            this.apps = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * UserApps apps.
         * @member {Array.<number>} apps
         * @memberof appsinstalled.UserApps
         * @instance
         */
        UserApps.prototype.apps = $util.emptyArray;

        /**
         * UserApps lat.
         * @member {number} lat
         * @memberof appsinstalled.UserApps
         * @instance
         */
        UserApps.prototype.lat = 0;

        /**
         * UserApps lon.
         * @member {number} lon
         * @memberof appsinstalled.UserApps
         * @instance
         */
        UserApps.prototype.lon = 0;

        /**
         * Creates a new UserApps instance using the specified properties.
         * @function create
         * @memberof appsinstalled.UserApps
         * @static
         * @param {appsinstalled.UserApps.$Properties=} [properties] Properties to set
         * @returns {appsinstalled.UserApps} UserApps instance
         * @type {{
         *   (properties: appsinstalled.UserApps.$Shape): appsinstalled.UserApps & appsinstalled.UserApps.$Shape;
         *   (properties?: appsinstalled.UserApps.$Properties): appsinstalled.UserApps;
         * }}
         */
        UserApps.create = function(properties) {
            return new UserApps(properties);
        };

        /**
         * Encodes the specified UserApps message. Does not implicitly {@link appsinstalled.UserApps.verify|verify} messages.
         * @function encode
         * @memberof appsinstalled.UserApps
         * @static
         * @param {appsinstalled.UserApps.$Properties} message UserApps message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        UserApps.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.apps != null && message.apps.length)
                for (let i = 0; i < message.apps.length; ++i)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.apps[i]);
            if (message.lat != null && $Object.hasOwnProperty.call(message, "lat"))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.lat);
            if (message.lon != null && $Object.hasOwnProperty.call(message, "lon"))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.lon);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a UserApps message from the specified reader or buffer.
         * @function decode
         * @memberof appsinstalled.UserApps
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {appsinstalled.UserApps & appsinstalled.UserApps.$Shape} UserApps
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        UserApps.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.appsinstalled.UserApps();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.apps && message.apps.length))
                                message.apps = [];
                            reader.uint32s(message.apps);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.apps && message.apps.length))
                            message.apps = [];
                        message.apps.push(reader.uint32());
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        message.lat = reader.double();
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        message.lon = reader.double();
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a UserApps message.
         * @function verify
         * @memberof appsinstalled.UserApps
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        UserApps.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.apps != null && $Object.hasOwnProperty.call(message, "apps")) {
                if (!$Array.isArray(message.apps))
                    return "apps: array expected";
                for (let i = 0; i < message.apps.length; ++i)
                    if (!$util.isInteger(message.apps[i]))
                        return "apps: integer[] expected";
            }
            if (message.lat != null && $Object.hasOwnProperty.call(message, "lat"))
                if (typeof message.lat !== "number")
                    return "lat: number expected";
            if (message.lon != null && $Object.hasOwnProperty.call(message, "lon"))
                if (typeof message.lon !== "number")
                    return "lon: number expected";
            return null;
        };

        /**
         * Creates a UserApps message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof appsinstalled.UserApps
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {appsinstalled.UserApps} UserApps
         */
        UserApps.fromObject = function (object, _depth) {
            if (object instanceof $root.appsinstalled.UserApps)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".appsinstalled.UserApps: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.appsinstalled.UserApps();
            if (object.apps) {
                if (!$Array.isArray(object.apps))
                    throw $TypeError(".appsinstalled.UserApps.apps: array expected");
                message.apps = $Array(object.apps.length);
                for (let i = 0; i < object.apps.length; ++i)
                    message.apps[i] = object.apps[i] >>> 0;
            }
            if (object.lat != null)
                message.lat = $Number(object.lat);
            if (object.lon != null)
                message.lon = $Number(object.lon);
            return message;
        };

        /**
         * Creates a plain object from a UserApps message. Also converts values to other types if specified.
         * @function toObject
         * @memberof appsinstalled.UserApps
         * @static
         * @param {appsinstalled.UserApps} message UserApps
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        UserApps.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.apps = [];
            if (options.defaults) {
                object.lat = 0;
                object.lon = 0;
            }
            if (message.apps && message.apps.length) {
                object.apps = $Array(message.apps.length);
                for (let j = 0; j < message.apps.length; ++j)
                    object.apps[j] = message.apps[j];
            }
            if (message.lat != null && $Object.hasOwnProperty.call(message, "lat"))
                object.lat = options.json && !$isFinite(message.lat) ? $String(message.lat) : message.lat;
            if (message.lon != null && $Object.hasOwnProperty.call(message, "lon"))
                object.lon = options.json && !$isFinite(message.lon) ? $String(message.lon) : message.lon;
            return object;
        };

        /**
         * Converts this UserApps to JSON.
         * @function toJSON
         * @memberof appsinstalled.UserApps
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        UserApps.prototype.toJSON = function() {
            return UserApps.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UserApps;
    })();

    return appsinstalled;
})();

export {
  $root as default
};
