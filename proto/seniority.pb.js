/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $Array = $util.global.Array, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $String = $util.global.String;

// Exported root namespace
const $root = $protobuf.roots["seniority"] || ($protobuf.roots["seniority"] = {});

export const SeniorityRequestBatch = $root.SeniorityRequestBatch = (() => {

    /**
     * Properties of a SeniorityRequestBatch.
     * @typedef {Object} SeniorityRequestBatch.$Properties
     * @property {Array.<SeniorityRequest.$Properties>|null} [batch] SeniorityRequestBatch batch
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */

    /**
     * Properties of a SeniorityRequestBatch.
     * @exports ISeniorityRequestBatch
     * @interface ISeniorityRequestBatch
     * @augments SeniorityRequestBatch.$Properties
     * @deprecated Use SeniorityRequestBatch.$Properties instead.
     */

    /**
     * Shape of a SeniorityRequestBatch.
     * @typedef {SeniorityRequestBatch.$Properties} SeniorityRequestBatch.$Shape
     */

    /**
     * Constructs a new SeniorityRequestBatch.
     * @exports SeniorityRequestBatch
     * @classdesc Represents a SeniorityRequestBatch.
     * @constructor
     * @param {SeniorityRequestBatch.$Properties=} [properties] Properties to set
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */
    const SeniorityRequestBatch = function (properties) {
        this.batch = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    /**
     * SeniorityRequestBatch batch.
     * @member {Array.<SeniorityRequest.$Properties>} batch
     * @memberof SeniorityRequestBatch
     * @instance
     */
    SeniorityRequestBatch.prototype.batch = $util.emptyArray;

    /**
     * Creates a new SeniorityRequestBatch instance using the specified properties.
     * @function create
     * @memberof SeniorityRequestBatch
     * @static
     * @param {SeniorityRequestBatch.$Properties=} [properties] Properties to set
     * @returns {SeniorityRequestBatch} SeniorityRequestBatch instance
     * @type {{
     *   (properties: SeniorityRequestBatch.$Shape): SeniorityRequestBatch & SeniorityRequestBatch.$Shape;
     *   (properties?: SeniorityRequestBatch.$Properties): SeniorityRequestBatch;
     * }}
     */
    SeniorityRequestBatch.create = function(properties) {
        return new SeniorityRequestBatch(properties);
    };

    /**
     * Encodes the specified SeniorityRequestBatch message. Does not implicitly {@link SeniorityRequestBatch.verify|verify} messages.
     * @function encode
     * @memberof SeniorityRequestBatch
     * @static
     * @param {SeniorityRequestBatch.$Properties} message SeniorityRequestBatch message or plain object to encode
     * @param {$protobuf.Writer} [writer] Writer to encode to
     * @returns {$protobuf.Writer} Writer
     */
    SeniorityRequestBatch.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.batch != null && message.batch.length)
            for (let i = 0; i < message.batch.length; ++i)
                $root.SeniorityRequest.encode(message.batch[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    /**
     * Decodes a SeniorityRequestBatch message from the specified reader or buffer.
     * @function decode
     * @memberof SeniorityRequestBatch
     * @static
     * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
     * @param {number} [length] Message length if known beforehand
     * @returns {SeniorityRequestBatch & SeniorityRequestBatch.$Shape} SeniorityRequestBatch
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    SeniorityRequestBatch.decode = function (reader, length, _end, _depth, _target) {
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
        message = _target || new $root.SeniorityRequestBatch();
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
                    if (wireType !== 2)
                        break;
                    if (!(message.batch && message.batch.length))
                        message.batch = [];
                    message.batch.push($root.SeniorityRequest.decode(reader, reader.size(), $undefined, _depth + 1));
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
     * Verifies a SeniorityRequestBatch message.
     * @function verify
     * @memberof SeniorityRequestBatch
     * @static
     * @param {Object.<string,*>} message Plain object to verify
     * @returns {string|null} `null` if valid, otherwise the reason why it is not
     */
    SeniorityRequestBatch.verify = function (message, _depth) {
        if (typeof message !== "object" || message === null)
            return "object expected";
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            return "max depth exceeded";
        if (message.batch != null && $Object.hasOwnProperty.call(message, "batch")) {
            if (!$Array.isArray(message.batch))
                return "batch: array expected";
            for (let i = 0; i < message.batch.length; ++i) {
                let error = $root.SeniorityRequest.verify(message.batch[i], _depth + 1);
                if (error)
                    return "batch." + error;
            }
        }
        return null;
    };

    /**
     * Creates a SeniorityRequestBatch message from a plain object. Also converts values to their respective internal types.
     * @function fromObject
     * @memberof SeniorityRequestBatch
     * @static
     * @param {Object.<string,*>} object Plain object
     * @returns {SeniorityRequestBatch} SeniorityRequestBatch
     */
    SeniorityRequestBatch.fromObject = function (object, _depth) {
        if (object instanceof $root.SeniorityRequestBatch)
            return object;
        if (!$util.isObject(object))
            throw $TypeError(".SeniorityRequestBatch: object expected");
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let message = new $root.SeniorityRequestBatch();
        if (object.batch) {
            if (!$Array.isArray(object.batch))
                throw $TypeError(".SeniorityRequestBatch.batch: array expected");
            message.batch = $Array(object.batch.length);
            for (let i = 0; i < object.batch.length; ++i) {
                if (!$util.isObject(object.batch[i]))
                    throw $TypeError(".SeniorityRequestBatch.batch: object expected");
                message.batch[i] = $root.SeniorityRequest.fromObject(object.batch[i], _depth + 1);
            }
        }
        return message;
    };

    /**
     * Creates a plain object from a SeniorityRequestBatch message. Also converts values to other types if specified.
     * @function toObject
     * @memberof SeniorityRequestBatch
     * @static
     * @param {SeniorityRequestBatch} message SeniorityRequestBatch
     * @param {$protobuf.IConversionOptions} [options] Conversion options
     * @returns {Object.<string,*>} Plain object
     */
    SeniorityRequestBatch.toObject = function (message, options, _depth) {
        if (!options)
            options = {};
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let object = {};
        if (options.arrays || options.defaults)
            object.batch = [];
        if (message.batch && message.batch.length) {
            object.batch = $Array(message.batch.length);
            for (let j = 0; j < message.batch.length; ++j)
                object.batch[j] = $root.SeniorityRequest.toObject(message.batch[j], options, _depth + 1);
        }
        return object;
    };

    /**
     * Converts this SeniorityRequestBatch to JSON.
     * @function toJSON
     * @memberof SeniorityRequestBatch
     * @instance
     * @returns {Object.<string,*>} JSON object
     */
    SeniorityRequestBatch.prototype.toJSON = function() {
        return SeniorityRequestBatch.toObject(this, $protobuf.util.toJSONOptions);
    };

    return SeniorityRequestBatch;
})();

export const SeniorityRequest = $root.SeniorityRequest = (() => {

    /**
     * Properties of a SeniorityRequest.
     * @typedef {Object} SeniorityRequest.$Properties
     * @property {number|null} [uuid] SeniorityRequest uuid
     * @property {string|null} [company] SeniorityRequest company
     * @property {string|null} [title] SeniorityRequest title
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */

    /**
     * Properties of a SeniorityRequest.
     * @exports ISeniorityRequest
     * @interface ISeniorityRequest
     * @augments SeniorityRequest.$Properties
     * @deprecated Use SeniorityRequest.$Properties instead.
     */

    /**
     * Shape of a SeniorityRequest.
     * @typedef {SeniorityRequest.$Properties} SeniorityRequest.$Shape
     */

    /**
     * Constructs a new SeniorityRequest.
     * @exports SeniorityRequest
     * @classdesc Represents a SeniorityRequest.
     * @constructor
     * @param {SeniorityRequest.$Properties=} [properties] Properties to set
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */
    const SeniorityRequest = function (properties) {
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    /**
     * SeniorityRequest uuid.
     * @member {number} uuid
     * @memberof SeniorityRequest
     * @instance
     */
    SeniorityRequest.prototype.uuid = 0;

    /**
     * SeniorityRequest company.
     * @member {string} company
     * @memberof SeniorityRequest
     * @instance
     */
    SeniorityRequest.prototype.company = "";

    /**
     * SeniorityRequest title.
     * @member {string} title
     * @memberof SeniorityRequest
     * @instance
     */
    SeniorityRequest.prototype.title = "";

    /**
     * Creates a new SeniorityRequest instance using the specified properties.
     * @function create
     * @memberof SeniorityRequest
     * @static
     * @param {SeniorityRequest.$Properties=} [properties] Properties to set
     * @returns {SeniorityRequest} SeniorityRequest instance
     * @type {{
     *   (properties: SeniorityRequest.$Shape): SeniorityRequest & SeniorityRequest.$Shape;
     *   (properties?: SeniorityRequest.$Properties): SeniorityRequest;
     * }}
     */
    SeniorityRequest.create = function(properties) {
        return new SeniorityRequest(properties);
    };

    /**
     * Encodes the specified SeniorityRequest message. Does not implicitly {@link SeniorityRequest.verify|verify} messages.
     * @function encode
     * @memberof SeniorityRequest
     * @static
     * @param {SeniorityRequest.$Properties} message SeniorityRequest message or plain object to encode
     * @param {$protobuf.Writer} [writer] Writer to encode to
     * @returns {$protobuf.Writer} Writer
     */
    SeniorityRequest.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.uuid != null && $Object.hasOwnProperty.call(message, "uuid") && message.uuid !== 0)
            writer.uint32(/* id 1, wireType 0 =*/8).int32(message.uuid);
        if (message.company != null && $Object.hasOwnProperty.call(message, "company") && message.company !== "")
            writer.uint32(/* id 2, wireType 2 =*/18).string(message.company);
        if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
            writer.uint32(/* id 3, wireType 2 =*/26).string(message.title);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    /**
     * Decodes a SeniorityRequest message from the specified reader or buffer.
     * @function decode
     * @memberof SeniorityRequest
     * @static
     * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
     * @param {number} [length] Message length if known beforehand
     * @returns {SeniorityRequest & SeniorityRequest.$Shape} SeniorityRequest
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    SeniorityRequest.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message, value;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.SeniorityRequest();
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
                    if (wireType !== 0)
                        break;
                    if (value = reader.int32())
                        message.uuid = value;
                    else
                        delete message.uuid;
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.stringVerify()).length)
                        message.company = value;
                    else
                        delete message.company;
                    continue;
                }
            case 3: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.stringVerify()).length)
                        message.title = value;
                    else
                        delete message.title;
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
     * Verifies a SeniorityRequest message.
     * @function verify
     * @memberof SeniorityRequest
     * @static
     * @param {Object.<string,*>} message Plain object to verify
     * @returns {string|null} `null` if valid, otherwise the reason why it is not
     */
    SeniorityRequest.verify = function (message, _depth) {
        if (typeof message !== "object" || message === null)
            return "object expected";
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            return "max depth exceeded";
        if (message.uuid != null && $Object.hasOwnProperty.call(message, "uuid"))
            if (!$util.isInteger(message.uuid))
                return "uuid: integer expected";
        if (message.company != null && $Object.hasOwnProperty.call(message, "company"))
            if (!$util.isString(message.company))
                return "company: string expected";
        if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
            if (!$util.isString(message.title))
                return "title: string expected";
        return null;
    };

    /**
     * Creates a SeniorityRequest message from a plain object. Also converts values to their respective internal types.
     * @function fromObject
     * @memberof SeniorityRequest
     * @static
     * @param {Object.<string,*>} object Plain object
     * @returns {SeniorityRequest} SeniorityRequest
     */
    SeniorityRequest.fromObject = function (object, _depth) {
        if (object instanceof $root.SeniorityRequest)
            return object;
        if (!$util.isObject(object))
            throw $TypeError(".SeniorityRequest: object expected");
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let message = new $root.SeniorityRequest();
        if (object.uuid != null)
            if ($Number(object.uuid) !== 0)
                message.uuid = object.uuid | 0;
        if (object.company != null)
            if (typeof object.company !== "string" || object.company.length)
                message.company = $String(object.company);
        if (object.title != null)
            if (typeof object.title !== "string" || object.title.length)
                message.title = $String(object.title);
        return message;
    };

    /**
     * Creates a plain object from a SeniorityRequest message. Also converts values to other types if specified.
     * @function toObject
     * @memberof SeniorityRequest
     * @static
     * @param {SeniorityRequest} message SeniorityRequest
     * @param {$protobuf.IConversionOptions} [options] Conversion options
     * @returns {Object.<string,*>} Plain object
     */
    SeniorityRequest.toObject = function (message, options, _depth) {
        if (!options)
            options = {};
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let object = {};
        if (options.defaults) {
            object.uuid = 0;
            object.company = "";
            object.title = "";
        }
        if (message.uuid != null && $Object.hasOwnProperty.call(message, "uuid"))
            object.uuid = message.uuid;
        if (message.company != null && $Object.hasOwnProperty.call(message, "company"))
            object.company = message.company;
        if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
            object.title = message.title;
        return object;
    };

    /**
     * Converts this SeniorityRequest to JSON.
     * @function toJSON
     * @memberof SeniorityRequest
     * @instance
     * @returns {Object.<string,*>} JSON object
     */
    SeniorityRequest.prototype.toJSON = function() {
        return SeniorityRequest.toObject(this, $protobuf.util.toJSONOptions);
    };

    return SeniorityRequest;
})();

export const SeniorityResponseBatch = $root.SeniorityResponseBatch = (() => {

    /**
     * Properties of a SeniorityResponseBatch.
     * @typedef {Object} SeniorityResponseBatch.$Properties
     * @property {Array.<SeniorityResponse.$Properties>|null} [batch] SeniorityResponseBatch batch
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */

    /**
     * Properties of a SeniorityResponseBatch.
     * @exports ISeniorityResponseBatch
     * @interface ISeniorityResponseBatch
     * @augments SeniorityResponseBatch.$Properties
     * @deprecated Use SeniorityResponseBatch.$Properties instead.
     */

    /**
     * Shape of a SeniorityResponseBatch.
     * @typedef {SeniorityResponseBatch.$Properties} SeniorityResponseBatch.$Shape
     */

    /**
     * Constructs a new SeniorityResponseBatch.
     * @exports SeniorityResponseBatch
     * @classdesc Represents a SeniorityResponseBatch.
     * @constructor
     * @param {SeniorityResponseBatch.$Properties=} [properties] Properties to set
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */
    const SeniorityResponseBatch = function (properties) {
        this.batch = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    /**
     * SeniorityResponseBatch batch.
     * @member {Array.<SeniorityResponse.$Properties>} batch
     * @memberof SeniorityResponseBatch
     * @instance
     */
    SeniorityResponseBatch.prototype.batch = $util.emptyArray;

    /**
     * Creates a new SeniorityResponseBatch instance using the specified properties.
     * @function create
     * @memberof SeniorityResponseBatch
     * @static
     * @param {SeniorityResponseBatch.$Properties=} [properties] Properties to set
     * @returns {SeniorityResponseBatch} SeniorityResponseBatch instance
     * @type {{
     *   (properties: SeniorityResponseBatch.$Shape): SeniorityResponseBatch & SeniorityResponseBatch.$Shape;
     *   (properties?: SeniorityResponseBatch.$Properties): SeniorityResponseBatch;
     * }}
     */
    SeniorityResponseBatch.create = function(properties) {
        return new SeniorityResponseBatch(properties);
    };

    /**
     * Encodes the specified SeniorityResponseBatch message. Does not implicitly {@link SeniorityResponseBatch.verify|verify} messages.
     * @function encode
     * @memberof SeniorityResponseBatch
     * @static
     * @param {SeniorityResponseBatch.$Properties} message SeniorityResponseBatch message or plain object to encode
     * @param {$protobuf.Writer} [writer] Writer to encode to
     * @returns {$protobuf.Writer} Writer
     */
    SeniorityResponseBatch.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.batch != null && message.batch.length)
            for (let i = 0; i < message.batch.length; ++i)
                $root.SeniorityResponse.encode(message.batch[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    /**
     * Decodes a SeniorityResponseBatch message from the specified reader or buffer.
     * @function decode
     * @memberof SeniorityResponseBatch
     * @static
     * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
     * @param {number} [length] Message length if known beforehand
     * @returns {SeniorityResponseBatch & SeniorityResponseBatch.$Shape} SeniorityResponseBatch
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    SeniorityResponseBatch.decode = function (reader, length, _end, _depth, _target) {
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
        message = _target || new $root.SeniorityResponseBatch();
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
                    if (wireType !== 2)
                        break;
                    if (!(message.batch && message.batch.length))
                        message.batch = [];
                    message.batch.push($root.SeniorityResponse.decode(reader, reader.size(), $undefined, _depth + 1));
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
     * Verifies a SeniorityResponseBatch message.
     * @function verify
     * @memberof SeniorityResponseBatch
     * @static
     * @param {Object.<string,*>} message Plain object to verify
     * @returns {string|null} `null` if valid, otherwise the reason why it is not
     */
    SeniorityResponseBatch.verify = function (message, _depth) {
        if (typeof message !== "object" || message === null)
            return "object expected";
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            return "max depth exceeded";
        if (message.batch != null && $Object.hasOwnProperty.call(message, "batch")) {
            if (!$Array.isArray(message.batch))
                return "batch: array expected";
            for (let i = 0; i < message.batch.length; ++i) {
                let error = $root.SeniorityResponse.verify(message.batch[i], _depth + 1);
                if (error)
                    return "batch." + error;
            }
        }
        return null;
    };

    /**
     * Creates a SeniorityResponseBatch message from a plain object. Also converts values to their respective internal types.
     * @function fromObject
     * @memberof SeniorityResponseBatch
     * @static
     * @param {Object.<string,*>} object Plain object
     * @returns {SeniorityResponseBatch} SeniorityResponseBatch
     */
    SeniorityResponseBatch.fromObject = function (object, _depth) {
        if (object instanceof $root.SeniorityResponseBatch)
            return object;
        if (!$util.isObject(object))
            throw $TypeError(".SeniorityResponseBatch: object expected");
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let message = new $root.SeniorityResponseBatch();
        if (object.batch) {
            if (!$Array.isArray(object.batch))
                throw $TypeError(".SeniorityResponseBatch.batch: array expected");
            message.batch = $Array(object.batch.length);
            for (let i = 0; i < object.batch.length; ++i) {
                if (!$util.isObject(object.batch[i]))
                    throw $TypeError(".SeniorityResponseBatch.batch: object expected");
                message.batch[i] = $root.SeniorityResponse.fromObject(object.batch[i], _depth + 1);
            }
        }
        return message;
    };

    /**
     * Creates a plain object from a SeniorityResponseBatch message. Also converts values to other types if specified.
     * @function toObject
     * @memberof SeniorityResponseBatch
     * @static
     * @param {SeniorityResponseBatch} message SeniorityResponseBatch
     * @param {$protobuf.IConversionOptions} [options] Conversion options
     * @returns {Object.<string,*>} Plain object
     */
    SeniorityResponseBatch.toObject = function (message, options, _depth) {
        if (!options)
            options = {};
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let object = {};
        if (options.arrays || options.defaults)
            object.batch = [];
        if (message.batch && message.batch.length) {
            object.batch = $Array(message.batch.length);
            for (let j = 0; j < message.batch.length; ++j)
                object.batch[j] = $root.SeniorityResponse.toObject(message.batch[j], options, _depth + 1);
        }
        return object;
    };

    /**
     * Converts this SeniorityResponseBatch to JSON.
     * @function toJSON
     * @memberof SeniorityResponseBatch
     * @instance
     * @returns {Object.<string,*>} JSON object
     */
    SeniorityResponseBatch.prototype.toJSON = function() {
        return SeniorityResponseBatch.toObject(this, $protobuf.util.toJSONOptions);
    };

    return SeniorityResponseBatch;
})();

export const SeniorityResponse = $root.SeniorityResponse = (() => {

    /**
     * Properties of a SeniorityResponse.
     * @typedef {Object} SeniorityResponse.$Properties
     * @property {number|null} [uuid] SeniorityResponse uuid
     * @property {number|null} [seniority] SeniorityResponse seniority
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */

    /**
     * Properties of a SeniorityResponse.
     * @exports ISeniorityResponse
     * @interface ISeniorityResponse
     * @augments SeniorityResponse.$Properties
     * @deprecated Use SeniorityResponse.$Properties instead.
     */

    /**
     * Shape of a SeniorityResponse.
     * @typedef {SeniorityResponse.$Properties} SeniorityResponse.$Shape
     */

    /**
     * Constructs a new SeniorityResponse.
     * @exports SeniorityResponse
     * @classdesc Represents a SeniorityResponse.
     * @constructor
     * @param {SeniorityResponse.$Properties=} [properties] Properties to set
     * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
     */
    const SeniorityResponse = function (properties) {
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    /**
     * SeniorityResponse uuid.
     * @member {number} uuid
     * @memberof SeniorityResponse
     * @instance
     */
    SeniorityResponse.prototype.uuid = 0;

    /**
     * SeniorityResponse seniority.
     * @member {number} seniority
     * @memberof SeniorityResponse
     * @instance
     */
    SeniorityResponse.prototype.seniority = 0;

    /**
     * Creates a new SeniorityResponse instance using the specified properties.
     * @function create
     * @memberof SeniorityResponse
     * @static
     * @param {SeniorityResponse.$Properties=} [properties] Properties to set
     * @returns {SeniorityResponse} SeniorityResponse instance
     * @type {{
     *   (properties: SeniorityResponse.$Shape): SeniorityResponse & SeniorityResponse.$Shape;
     *   (properties?: SeniorityResponse.$Properties): SeniorityResponse;
     * }}
     */
    SeniorityResponse.create = function(properties) {
        return new SeniorityResponse(properties);
    };

    /**
     * Encodes the specified SeniorityResponse message. Does not implicitly {@link SeniorityResponse.verify|verify} messages.
     * @function encode
     * @memberof SeniorityResponse
     * @static
     * @param {SeniorityResponse.$Properties} message SeniorityResponse message or plain object to encode
     * @param {$protobuf.Writer} [writer] Writer to encode to
     * @returns {$protobuf.Writer} Writer
     */
    SeniorityResponse.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.uuid != null && $Object.hasOwnProperty.call(message, "uuid") && message.uuid !== 0)
            writer.uint32(/* id 1, wireType 0 =*/8).int32(message.uuid);
        if (message.seniority != null && $Object.hasOwnProperty.call(message, "seniority") && message.seniority !== 0)
            writer.uint32(/* id 2, wireType 0 =*/16).int32(message.seniority);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    /**
     * Decodes a SeniorityResponse message from the specified reader or buffer.
     * @function decode
     * @memberof SeniorityResponse
     * @static
     * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
     * @param {number} [length] Message length if known beforehand
     * @returns {SeniorityResponse & SeniorityResponse.$Shape} SeniorityResponse
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    SeniorityResponse.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message, value;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.SeniorityResponse();
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
                    if (wireType !== 0)
                        break;
                    if (value = reader.int32())
                        message.uuid = value;
                    else
                        delete message.uuid;
                    continue;
                }
            case 2: {
                    if (wireType !== 0)
                        break;
                    if (value = reader.int32())
                        message.seniority = value;
                    else
                        delete message.seniority;
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
     * Verifies a SeniorityResponse message.
     * @function verify
     * @memberof SeniorityResponse
     * @static
     * @param {Object.<string,*>} message Plain object to verify
     * @returns {string|null} `null` if valid, otherwise the reason why it is not
     */
    SeniorityResponse.verify = function (message, _depth) {
        if (typeof message !== "object" || message === null)
            return "object expected";
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            return "max depth exceeded";
        if (message.uuid != null && $Object.hasOwnProperty.call(message, "uuid"))
            if (!$util.isInteger(message.uuid))
                return "uuid: integer expected";
        if (message.seniority != null && $Object.hasOwnProperty.call(message, "seniority"))
            if (!$util.isInteger(message.seniority))
                return "seniority: integer expected";
        return null;
    };

    /**
     * Creates a SeniorityResponse message from a plain object. Also converts values to their respective internal types.
     * @function fromObject
     * @memberof SeniorityResponse
     * @static
     * @param {Object.<string,*>} object Plain object
     * @returns {SeniorityResponse} SeniorityResponse
     */
    SeniorityResponse.fromObject = function (object, _depth) {
        if (object instanceof $root.SeniorityResponse)
            return object;
        if (!$util.isObject(object))
            throw $TypeError(".SeniorityResponse: object expected");
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let message = new $root.SeniorityResponse();
        if (object.uuid != null)
            if ($Number(object.uuid) !== 0)
                message.uuid = object.uuid | 0;
        if (object.seniority != null)
            if ($Number(object.seniority) !== 0)
                message.seniority = object.seniority | 0;
        return message;
    };

    /**
     * Creates a plain object from a SeniorityResponse message. Also converts values to other types if specified.
     * @function toObject
     * @memberof SeniorityResponse
     * @static
     * @param {SeniorityResponse} message SeniorityResponse
     * @param {$protobuf.IConversionOptions} [options] Conversion options
     * @returns {Object.<string,*>} Plain object
     */
    SeniorityResponse.toObject = function (message, options, _depth) {
        if (!options)
            options = {};
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        let object = {};
        if (options.defaults) {
            object.uuid = 0;
            object.seniority = 0;
        }
        if (message.uuid != null && $Object.hasOwnProperty.call(message, "uuid"))
            object.uuid = message.uuid;
        if (message.seniority != null && $Object.hasOwnProperty.call(message, "seniority"))
            object.seniority = message.seniority;
        return object;
    };

    /**
     * Converts this SeniorityResponse to JSON.
     * @function toJSON
     * @memberof SeniorityResponse
     * @instance
     * @returns {Object.<string,*>} JSON object
     */
    SeniorityResponse.prototype.toJSON = function() {
        return SeniorityResponse.toObject(this, $protobuf.util.toJSONOptions);
    };

    return SeniorityResponse;
})();

export {
  $root as default
};
