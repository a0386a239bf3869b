import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ModelSource } from '@aiwork/core';
import { checkWellFormed, invalidArgument } from '@aiwork/core/adapter-kit';
import type { SharedSource } from './messages.ts';

/** So much is copied at a time, which takes far less than a millisecond, before others get their turn. */
const pieceBytes = 2 ** 20;

/** A folder that is not there: without it, the engine would look for weights where the process happens to be. */
const noFolder = resolve(import.meta.dirname, 'no-weights-folder-was-given');

async function sharedCopy(
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    if (start > 0) await setImmediate();
    signal?.throwIfAborted();
    shared.set(bytes.subarray(start, start + pieceBytes), start);
  }
  return shared;
}

function isShared(bytes: Uint8Array): bytes is Uint8Array<SharedArrayBuffer> {
  return bytes.buffer instanceof SharedArrayBuffer;
}

const shared = async (bytes: Uint8Array, signal: AbortSignal | undefined) =>
  isShared(bytes) ? bytes : sharedCopy(bytes, signal);

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

/** Lets threads read it without a copy for each, and copies it to there without keeping others waiting. */
export async function shareSource(
  source: ModelSource,
  signal: AbortSignal | undefined,
): Promise<SharedSource> {
  if ('path' in source) return { path: resolve(source.path) };
  const weights = [];
  for (const [name, bytes] of source.weights ?? []) {
    weights.push({ name, bytes: await shared(bytes, signal) });
  }
  const { weightsFolder } = source;
  return {
    model: await shared(source.model, signal),
    weights,
    weightsFolder: weightsFolder === undefined ? noFolder : resolve(weightsFolder),
  };
}
