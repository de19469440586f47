import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace appsinstalled. */
export namespace appsinstalled {

    /**
     * Properties of a UserApps.
     * @deprecated Use appsinstalled.UserApps.$Properties instead.
     */
    interface IUserApps extends appsinstalled.UserApps.$Properties {
    }

    /** Represents a UserApps. */
    class UserApps {

        /**
         * Constructs a new UserApps.
         * @param [properties] Properties to set
         */
        constructor(properties?: appsinstalled.UserApps.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UserApps apps. */
        apps: number[];

        /** UserApps lat. */
        lat: number;

        /** UserApps lon. */
        lon: number;

        /**
         * Creates a new UserApps instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UserApps instance
         */
        static create(properties: appsinstalled.UserApps.$Shape): appsinstalled.UserApps & appsinstalled.UserApps.$Shape;
        static create(properties?: appsinstalled.UserApps.$Properties): appsinstalled.UserApps;

        /**
         * Encodes the specified UserApps message. Does not implicitly {@link appsinstalled.UserApps.verify|verify} messages.
         * @param message UserApps message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: appsinstalled.UserApps.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a UserApps message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {appsinstalled.UserApps & appsinstalled.UserApps.$Shape} UserApps
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): appsinstalled.UserApps & appsinstalled.UserApps.$Shape;

        /**
         * Verifies a UserApps message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a UserApps message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns UserApps
         */
        static fromObject(object: { [k: string]: any }): appsinstalled.UserApps;

        /**
         * Creates a plain object from a UserApps message. Also converts values to other types if specified.
         * @param message UserApps
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: appsinstalled.UserApps, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this UserApps to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace UserApps {

        /** Properties of a UserApps. */
        interface $Properties {

            /** UserApps apps */
            apps?: (number[]|null);

            /** UserApps lat */
            lat?: (number|null);

            /** UserApps lon */
            lon?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a UserApps. */
        type $Shape = appsinstalled.UserApps.$Properties;
    }
}
