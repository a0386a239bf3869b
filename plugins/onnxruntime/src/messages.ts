import type { Tensor, TensorInfo } from '@aiwork/core';

/** A model as it reaches a thread: a path, or bytes that are the thread's own, unless the caller shares them. */
export type CarriedSource =
  | { readonly path: string }
  | {
      readonly model: Uint8Array<ArrayBuffer>;
      readonly weights: readonly { readonly name: string; readonly bytes: Uint8Array }[];
      readonly weightsFolder: string;
    };

export interface SessionSettings {
  readonly provider: string;
  readonly threads: number;
  /** Whether the thread keeps the source, to load it once more. */
  readonly profiling: boolean;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** What a thread is asked, and what it answers. */
export interface Exchanges {
  load: {
    readonly ask: { readonly source: CarriedSource; readonly settings: SessionSettings };
    readonly answer: Described;
  };
  run: { readonly ask: { readonly inputs: Tensors }; readonly answer: Tensors };
  /** Answers with the JSON that the engine writes. */
  profile: { readonly ask: { readonly inputs: Tensors }; readonly answer: string };
  close: { readonly ask: Readonly<Record<never, never>>; readonly answer: undefined };
}

export interface Described {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

export type Kind = keyof Exchanges;

export type Request = { [K in Kind]: { readonly id: number; readonly kind: K } & Exchanges[K]['ask'] }[Kind];

export type Reply =
  | { readonly id: number; readonly answer: Exchanges[Kind]['answer'] }
  | { readonly id: number; readonly failure: string };
