import { aessiv } from '@noble/ciphers/aes.js';
import type { Detector, Finding } from '../finding/detector.ts';
import { refuse } from '../guardrail-options.ts';

/**
 * Puts values into tokens that a model may repeat, and takes them out again. A value has the same token every time, so
 * that a model sees what belongs together, and any process with the key can take it out: nothing is kept. Who has no key
 * learns the kind and the length of a value, and which are the same; what was changed or made up is no token.
 *
 * @since 0.1.0
 */
export interface SealedValues {
  seal(kind: string, value: string): string;
  /** The text with values in place of their tokens. */
  open(text: string): string;
  /** Finds what may be tokens. Without it {@link restoreGuardrail} cannot look at answers that are still coming. */
  readonly tokens?: Detector;
}

/** What models repeat best is one word: spaces in a kind become hyphens. */
const longestName = 40;
/** Most characters of a value in one token: with four bytes each they fit, and longer ones take several. */
const longestPart = 700;
const parts = new RegExp(`[^]{1,${longestPart}}`, 'gu');
/** AES-SIV takes two keys of 256 bits, one after the other. */
const keyBytes = 64;
const token = /<([^\s<>:]{1,40}):([A-Za-z0-9_-]{22,4000})>/gu;
const beginning = /^<(?:[^\s<>:]{1,40}(?::[A-Za-z0-9_-]{0,4000})?)?$/u;

const tokens: Detector = Object.freeze({
  kind: 'token',
  *find(text: string, from = 0): Generator<Finding> {
    for (const { index, 0: found } of text.slice(from).matchAll(token))
      yield { start: from + index, end: from + index + found.length };
  },
  streaming: Object.freeze({
    windowChars: 1 + 2 * longestName + 1 + 4_000 + 1,
    openAt(text: string, from: number) {
      // No token holds the beginning of another.
      const start = text.lastIndexOf('<');
      return start >= from && beginning.test(text.slice(start)) ? start : text.length;
    },
  }),
});

/**
 * Tokens that hold their values, encrypted with AES-SIV (RFC 5297).
 *
 * @param key 64 random bytes, the same in every process, such as `crypto.randomBytes(64)`. A key for each customer keeps
 * the values of one from another's runs.
 * @throws `AIWORK_INVALID_ARGUMENT` when the key has another length.
 * @example
 * ```ts
 * import { randomBytes } from 'node:crypto';
 * import { sealedValues } from '@aiwork/guardrails';
 *
 * const sealed = sealedValues(randomBytes(64));
 * const token = sealed.seal('email address', 'ada@example.org');
 * console.log(sealed.open(`Write to ${token}.`)); // Write to ada@example.org.
 * ```
 * @since 0.1.0
 */
export function sealedValues(key: Uint8Array): SealedValues {
  const given = key instanceof Uint8Array ? `${key.length} bytes` : typeof key;
  if (!(key instanceof Uint8Array) || key.length !== keyBytes) {
    refuse(`the key of sealed values is ${given}: give ${keyBytes} random bytes`);
  }
  const ownKey = Uint8Array.from(key);
  const cipher = (kind: string) => aessiv(ownKey, Buffer.from(kind));
  return Object.freeze({
    tokens,
    seal(kind: string, value: string) {
      const name = kind.replaceAll(/[\s<>:]+/g, '-').slice(0, longestName);
      const sealPart = (part: string) => {
        const bytes = cipher(name).encrypt(Buffer.from(part));
        return `<${name}:${Buffer.from(bytes).toString('base64url')}>`;
      };
      return (value.match(parts) ?? ['']).map(sealPart).join('');
    },
    open: (text: string) =>
      text.replace(token, (found: string, kind: string, sealed: string) => {
        const bytes = Buffer.from(sealed, 'base64url');
        // The last character has bits that say nothing.
        if (bytes.toString('base64url') !== sealed) return found;
        try {
          return Buffer.from(cipher(kind).decrypt(bytes)).toString();
        } catch {
          // Not one of this key's.
          return found;
        }
      }),
  });
}
