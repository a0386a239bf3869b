import type { SetOptions, StateStore } from '@aiwork/core';
import { show, Violation } from '../../engine/violation.ts';

/** Writes and gives the version; an unguarded write has no reason not to be applied. */
export async function put(
  store: StateStore,
  key: string,
  value: unknown,
  options: SetOptions = {},
): Promise<string> {
  const result = await store.set(key, value, options);
  if (result.applied) return result.version;
  throw new Violation(`set(${show(key)}, …, ${show(options)}) to be applied`, show(result));
}

/** The value of a key, or `undefined` where there is none. */
export async function readValue(store: StateStore, key: string): Promise<unknown> {
  return (await store.get(key))?.value;
}
