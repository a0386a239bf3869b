/** What a value is once it has been JSON: what a client gets of what a unit gives. @since 0.1.0 */
export type JsonOf<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends string | number | boolean | null | undefined
        ? T
        : T extends bigint
          ? string
          : T extends { toJSON(): infer Shown }
            ? Shown
            : T extends ReadonlyMap<infer Key, infer Value>
              ? readonly (readonly [JsonOf<Key>, JsonOf<Value>])[]
              : T extends ReadonlySet<infer Item>
                ? readonly JsonOf<Item>[]
                : T extends BigInt64Array | BigUint64Array
                  ? readonly string[]
                  : T extends NumberArray
                    ? readonly number[]
                    : T extends object
                      ? { [Member in keyof T]: JsonOf<T[Member]> }
                      : never;

type IsAny<T> = 0 extends 1 & T ? true : false;

type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;
