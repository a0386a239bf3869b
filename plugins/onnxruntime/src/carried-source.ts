import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ModelSource } from '@aiwork/core';
import { checkWellFormed, invalidArgument } from '@aiwork/core/adapter-kit';
import type { CarriedSource } from './messages.ts';

/** So much is copied at a time, which takes far less than a millisecond, before others get their turn. */
const pieceBytes = 2 ** 20;

/** A folder that is not there: without it, the engine would look for weights where the process happens to be. */
const noFolder = resolve(import.meta.dirname, 'no-weights-folder-was-given');

async function copyOf(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.byteLength);
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    if (start > 0) await setImmediate();
    signal?.throwIfAborted();
    copy.set(bytes.subarray(start, start + pieceBytes), start);
  }
  return copy;
}

function checkBytes(bytes: unknown, what: string): asserts bytes is Uint8Array {
  if (bytes instanceof Uint8Array) return;
  throw invalidArgument(`${what} is no Uint8Array: give the bytes of the file`);
}

/** Refuses what is no source; names it for messages. */
export function nameOfSource(source: ModelSource): string {
  if (typeof source !== 'object' || source === null) {
    throw invalidArgument('the model is no object: give { path } or { model }');
  }
  if ('path' in source) {
    checkWellFormed(source.path, 'the path of the model');
    return `the model ${source.path}`;
  }
  checkBytes(source.model, 'the model');
  for (const [name, bytes] of source.weights ?? []) checkBytes(bytes, `"${name}" of the weights`);
  if (source.weightsFolder !== undefined) checkWellFormed(source.weightsFolder, 'weightsFolder');
  return 'the model';
}

/** A source on its way to a thread, and the memory that goes with it. */
export interface Carried {
  readonly source: CarriedSource;
  readonly transfer: readonly ArrayBuffer[];
}

/**
 * Makes the source a thread's own, without keeping others waiting. Weights in shared memory are read where they are; what
 * is copied is not put there, since no garbage collector knows how much it is.
 */
export async function carrySource(source: ModelSource, signal: AbortSignal | undefined): Promise<Carried> {
  if ('path' in source) return { source: { path: resolve(source.path) }, transfer: [] };
  const model = await copyOf(source.model, signal);
  const transfer = [model.buffer];
  const weights = [];
  for (const [name, bytes] of source.weights ?? []) {
    const own = bytes.buffer instanceof ArrayBuffer ? await copyOf(bytes, signal) : undefined;
    weights.push({ name, bytes: own ?? bytes });
    if (own !== undefined) transfer.push(own.buffer);
  }
  const { weightsFolder } = source;
  return {
    source: {
      model,
      weights,
      weightsFolder: weightsFolder === undefined ? noFolder : resolve(weightsFolder),
    },
    transfer,
  };
}
