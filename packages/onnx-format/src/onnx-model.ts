import type { Tensor, TensorInfo, TensorType } from '@aiwork/core';

/** What an operation is told besides its inputs. @since 0.1.0 */
export type OnnxAttribute =
  | { readonly int: number | bigint }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly tensor: Tensor }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

/** One operation of a graph. @since 0.1.0 */
export interface OnnxNode {
  readonly operator: string;
  /** Names of values; `''` for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  /** The set of operators it is of. Default: ONNX's own, `''`. */
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** Where the elements of an initializer are that are not in the file. Offsets and lengths are in bytes. @since 0.1.0 */
export interface ExternalData {
  /** Of a file in the folder of the model, or the name under which the bytes are given to an engine. */
  readonly location: string;
  readonly offset?: number;
  readonly length?: number;
}

/** A value that is part of the model: its elements, or where they are. @since 0.1.0 */
export type OnnxInitializer = { readonly name: string } & (
  | Tensor
  | { readonly type: TensorType; readonly shape: readonly number[]; readonly external: ExternalData }
);

/** What a graph takes or gives. @since 0.1.0 */
export type OnnxValue = TensorInfo;

/**
 * A model as data: what an ONNX file of tensors holds, without graphs inside of operations, functions and training.
 *
 * @since 0.1.0
 */
export interface OnnxModel {
  /** Version of each set of operators it uses, ONNX's own under `''`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Version of the file format. Default: 10. */
  readonly irVersion?: number;
  readonly name?: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** In an order in which each comes after those whose outputs it takes. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers?: readonly OnnxInitializer[];
  readonly metadata?: Readonly<Record<string, string>>;
}
