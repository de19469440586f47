import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/**
 * Properties of a SeniorityRequestBatch.
 * @deprecated Use SeniorityRequestBatch.$Properties instead.
 */
export interface ISeniorityRequestBatch extends SeniorityRequestBatch.$Properties {
}

/** Represents a SeniorityRequestBatch. */
export class SeniorityRequestBatch {

    /**
     * Constructs a new SeniorityRequestBatch.
     * @param [properties] Properties to set
     */
    constructor(properties?: SeniorityRequestBatch.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** SeniorityRequestBatch batch. */
    batch: SeniorityRequest.$Properties[];

    /**
     * Creates a new SeniorityRequestBatch instance using the specified properties.
     * @param [properties] Properties to set
     * @returns SeniorityRequestBatch instance
     */
    static create(properties: SeniorityRequestBatch.$Shape): SeniorityRequestBatch & SeniorityRequestBatch.$Shape;
    static create(properties?: SeniorityRequestBatch.$Properties): SeniorityRequestBatch;

    /**
     * Encodes the specified SeniorityRequestBatch message. Does not implicitly {@link SeniorityRequestBatch.verify|verify} messages.
     * @param message SeniorityRequestBatch message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: SeniorityRequestBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a SeniorityRequestBatch message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {SeniorityRequestBatch & SeniorityRequestBatch.$Shape} SeniorityRequestBatch
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): SeniorityRequestBatch & SeniorityRequestBatch.$Shape;

    /**
     * Verifies a SeniorityRequestBatch message.
     * @param message Plain object to verify
     * @returns `null` if valid, otherwise the reason why it is not
     */
    static verify(message: { [k: string]: any }): (string|null);

    /**
     * Creates a SeniorityRequestBatch message from a plain object. Also converts values to their respective internal types.
     * @param object Plain object
     * @returns SeniorityRequestBatch
     */
    static fromObject(object: { [k: string]: any }): SeniorityRequestBatch;

    /**
     * Creates a plain object from a SeniorityRequestBatch message. Also converts values to other types if specified.
     * @param message SeniorityRequestBatch
     * @param [options] Conversion options
     * @returns Plain object
     */
    static toObject(message: SeniorityRequestBatch, options?: $protobuf.IConversionOptions): { [k: string]: any };

    /**
     * Converts this SeniorityRequestBatch to JSON.
     * @returns JSON object
     */
    toJSON(): { [k: string]: any };
}

export namespace SeniorityRequestBatch {

    /** Properties of a SeniorityRequestBatch. */
    interface $Properties {

        /** SeniorityRequestBatch batch */
        batch?: (SeniorityRequest.$Properties[]|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a SeniorityRequestBatch. */
    type $Shape = SeniorityRequestBatch.$Properties;
}

/**
 * Properties of a SeniorityRequest.
 * @deprecated Use SeniorityRequest.$Properties instead.
 */
export interface ISeniorityRequest extends SeniorityRequest.$Properties {
}

/** Represents a SeniorityRequest. */
export class SeniorityRequest {

    /**
     * Constructs a new SeniorityRequest.
     * @param [properties] Properties to set
     */
    constructor(properties?: SeniorityRequest.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** SeniorityRequest uuid. */
    uuid: number;

    /** SeniorityRequest company. */
    company: string;

    /** SeniorityRequest title. */
    title: string;

    /**
     * Creates a new SeniorityRequest instance using the specified properties.
     * @param [properties] Properties to set
     * @returns SeniorityRequest instance
     */
    static create(properties: SeniorityRequest.$Shape): SeniorityRequest & SeniorityRequest.$Shape;
    static create(properties?: SeniorityRequest.$Properties): SeniorityRequest;

    /**
     * Encodes the specified SeniorityRequest message. Does not implicitly {@link SeniorityRequest.verify|verify} messages.
     * @param message SeniorityRequest message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: SeniorityRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a SeniorityRequest message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {SeniorityRequest & SeniorityRequest.$Shape} SeniorityRequest
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): SeniorityRequest & SeniorityRequest.$Shape;

    /**
     * Verifies a SeniorityRequest message.
     * @param message Plain object to verify
     * @returns `null` if valid, otherwise the reason why it is not
     */
    static verify(message: { [k: string]: any }): (string|null);

    /**
     * Creates a SeniorityRequest message from a plain object. Also converts values to their respective internal types.
     * @param object Plain object
     * @returns SeniorityRequest
     */
    static fromObject(object: { [k: string]: any }): SeniorityRequest;

    /**
     * Creates a plain object from a SeniorityRequest message. Also converts values to other types if specified.
     * @param message SeniorityRequest
     * @param [options] Conversion options
     * @returns Plain object
     */
    static toObject(message: SeniorityRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

    /**
     * Converts this SeniorityRequest to JSON.
     * @returns JSON object
     */
    toJSON(): { [k: string]: any };
}

export namespace SeniorityRequest {

    /** Properties of a SeniorityRequest. */
    interface $Properties {

        /** SeniorityRequest uuid */
        uuid?: (number|null);

        /** SeniorityRequest company */
        company?: (string|null);

        /** SeniorityRequest title */
        title?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a SeniorityRequest. */
    type $Shape = SeniorityRequest.$Properties;
}

/**
 * Properties of a SeniorityResponseBatch.
 * @deprecated Use SeniorityResponseBatch.$Properties instead.
 */
export interface ISeniorityResponseBatch extends SeniorityResponseBatch.$Properties {
}

/** Represents a SeniorityResponseBatch. */
export class SeniorityResponseBatch {

    /**
     * Constructs a new SeniorityResponseBatch.
     * @param [properties] Properties to set
     */
    constructor(properties?: SeniorityResponseBatch.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** SeniorityResponseBatch batch. */
    batch: SeniorityResponse.$Properties[];

    /**
     * Creates a new SeniorityResponseBatch instance using the specified properties.
     * @param [properties] Properties to set
     * @returns SeniorityResponseBatch instance
     */
    static create(properties: SeniorityResponseBatch.$Shape): SeniorityResponseBatch & SeniorityResponseBatch.$Shape;
    static create(properties?: SeniorityResponseBatch.$Properties): SeniorityResponseBatch;

    /**
     * Encodes the specified SeniorityResponseBatch message. Does not implicitly {@link SeniorityResponseBatch.verify|verify} messages.
     * @param message SeniorityResponseBatch message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: SeniorityResponseBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a SeniorityResponseBatch message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {SeniorityResponseBatch & SeniorityResponseBatch.$Shape} SeniorityResponseBatch
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): SeniorityResponseBatch & SeniorityResponseBatch.$Shape;

    /**
     * Verifies a SeniorityResponseBatch message.
     * @param message Plain object to verify
     * @returns `null` if valid, otherwise the reason why it is not
     */
    static verify(message: { [k: string]: any }): (string|null);

    /**
     * Creates a SeniorityResponseBatch message from a plain object. Also converts values to their respective internal types.
     * @param object Plain object
     * @returns SeniorityResponseBatch
     */
    static fromObject(object: { [k: string]: any }): SeniorityResponseBatch;

    /**
     * Creates a plain object from a SeniorityResponseBatch message. Also converts values to other types if specified.
     * @param message SeniorityResponseBatch
     * @param [options] Conversion options
     * @returns Plain object
     */
    static toObject(message: SeniorityResponseBatch, options?: $protobuf.IConversionOptions): { [k: string]: any };

    /**
     * Converts this SeniorityResponseBatch to JSON.
     * @returns JSON object
     */
    toJSON(): { [k: string]: any };
}

export namespace SeniorityResponseBatch {

    /** Properties of a SeniorityResponseBatch. */
    interface $Properties {

        /** SeniorityResponseBatch batch */
        batch?: (SeniorityResponse.$Properties[]|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a SeniorityResponseBatch. */
    type $Shape = SeniorityResponseBatch.$Properties;
}

/**
 * Properties of a SeniorityResponse.
 * @deprecated Use SeniorityResponse.$Properties instead.
 */
export interface ISeniorityResponse extends SeniorityResponse.$Properties {
}

/** Represents a SeniorityResponse. */
export class SeniorityResponse {

    /**
     * Constructs a new SeniorityResponse.
     * @param [properties] Properties to set
     */
    constructor(properties?: SeniorityResponse.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** SeniorityResponse uuid. */
    uuid: number;

    /** SeniorityResponse seniority. */
    seniority: number;

    /**
     * Creates a new SeniorityResponse instance using the specified properties.
     * @param [properties] Properties to set
     * @returns SeniorityResponse instance
     */
    static create(properties: SeniorityResponse.$Shape): SeniorityResponse & SeniorityResponse.$Shape;
    static create(properties?: SeniorityResponse.$Properties): SeniorityResponse;

    /**
     * Encodes the specified SeniorityResponse message. Does not implicitly {@link SeniorityResponse.verify|verify} messages.
     * @param message SeniorityResponse message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: SeniorityResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a SeniorityResponse message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {SeniorityResponse & SeniorityResponse.$Shape} SeniorityResponse
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): SeniorityResponse & SeniorityResponse.$Shape;

    /**
     * Verifies a SeniorityResponse message.
     * @param message Plain object to verify
     * @returns `null` if valid, otherwise the reason why it is not
     */
    static verify(message: { [k: string]: any }): (string|null);

    /**
     * Creates a SeniorityResponse message from a plain object. Also converts values to their respective internal types.
     * @param object Plain object
     * @returns SeniorityResponse
     */
    static fromObject(object: { [k: string]: any }): SeniorityResponse;

    /**
     * Creates a plain object from a SeniorityResponse message. Also converts values to other types if specified.
     * @param message SeniorityResponse
     * @param [options] Conversion options
     * @returns Plain object
     */
    static toObject(message: SeniorityResponse, options?: $protobuf.IConversionOptions): { [k: string]: any };

    /**
     * Converts this SeniorityResponse to JSON.
     * @returns JSON object
     */
    toJSON(): { [k: string]: any };
}

export namespace SeniorityResponse {

    /** Properties of a SeniorityResponse. */
    interface $Properties {

        /** SeniorityResponse uuid */
        uuid?: (number|null);

        /** SeniorityResponse seniority */
        seniority?: (number|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a SeniorityResponse. */
    type $Shape = SeniorityResponse.$Properties;
}
