import { createHash, randomBytes } from 'node:crypto';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { Authenticator } from './authenticator.ts';
import { checkPrincipal, type Principal } from './principal.ts';

/** A key as a server keeps it: what it is made of cannot be found from its hash. @since 0.1.0 */
export interface ApiKey extends Principal {
  /** SHA-256 of the key, in hexadecimal, as {@link newApiKey} gives it. */
  readonly hash: string;
}

/**
 * Knows principals by keys.
 *
 * A key is looked up by its hash, so that how long it takes says nothing about other keys.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when a key cannot be used, or two have one hash.
 * @example
 * ```ts
 * import { apiKeys, newApiKey } from '@aiwork/server';
 *
 * const { key, hash } = newApiKey();
 * const known = apiKeys([{ id: 'ada', scopes: ['report:execute'], hash }]);
 * console.log((await known.authenticate(key))?.id); // ada
 * console.log(await known.authenticate('another')); // undefined
 * ```
 * @since 0.1.0
 */
export function apiKeys(keys: readonly ApiKey[]): Authenticator {
  const byHash = new Map<string, Principal>();
  for (const { hash, id, scopes } of keys) {
    checkPrincipal({ id, scopes });
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw invalidArgument(
        `the hash of the key of "${id}" is no SHA-256 in hexadecimal: newApiKey() gives one`,
      );
    if (byHash.has(hash)) throw invalidArgument(`"${id}" has the key of another principal`);
    byHash.set(hash, { id, scopes: [...scopes] });
  }
  return { authenticate: async (token) => byHash.get(hashOf(token)) };
}

/**
 * A new key of 256 random bits, and the hash to keep of it. The key itself is shown to its owner and kept nowhere.
 *
 * @example
 * ```ts
 * import { newApiKey } from '@aiwork/server';
 *
 * console.log(newApiKey().key.startsWith('aiwork_')); // true
 * ```
 * @since 0.1.0
 */
export function newApiKey(): { readonly key: string; readonly hash: string } {
  const key = `aiwork_${randomBytes(32).toString('base64url')}`;
  return { key, hash: hashOf(key) };
}

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
