import type { InferOptions, Tensor } from '@aiwork/core';
import type { Tensors } from './messages.ts';

/** Inputs on their way to a thread, and the memory that goes with them. */
export interface GivenInputs {
  readonly inputs: Tensors;
  readonly transfer: readonly ArrayBuffer[];
}

type Elements = Exclude<Tensor['data'], readonly string[]>;

/** Memory of a caller that gives it away, and that holds nothing else. */
function ownBuffer({ buffer, byteLength }: Elements): ArrayBuffer | undefined {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached
    ? buffer
    : undefined;
}

/** A Buffer that is sliced shows the same memory. */
const copyOf = (data: Elements): Elements => (Buffer.isBuffer(data) ? Uint8Array.from(data) : data.slice());

/** Takes the inputs as they are now: one copy, or none of what is given away. */
export function giveInputs(tensors: Tensors, { transfer = false }: InferOptions): GivenInputs {
  const given = new Set<ArrayBuffer>();
  const inputs = Object.entries(tensors).map(([name, { type, shape, data }]) => {
    if (type === 'string') return [name, { type, shape: [...shape], data: [...data] }] as const;
    const own = transfer ? ownBuffer(data) : undefined;
    // Two inputs may be given as one memory: it can be given away once.
    const taken = own !== undefined && !given.has(own) ? data : copyOf(data);
    given.add(taken.buffer as ArrayBuffer);
    return [name, { type, shape: [...shape], data: taken } as Tensor] as const;
  });
  return { inputs: Object.fromEntries(inputs), transfer: [...given] };
}
