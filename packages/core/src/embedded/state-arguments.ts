import { checkBytes, checkWellFormed, invalidArgument } from './argument-checks.ts';
import { toJsonText } from './json-text.ts';

/** Room for 10 KB of emoji; longer keys are almost always a value in the wrong place. */
export const defaultMaxKeyBytes = 16_384;

export function checkKey(key: string, maxKeyBytes: number): void {
  checkWellFormed(key, 'the key');
  checkBytes(key, 'the key', 'maxKeyBytes', maxKeyBytes);
}

/** A prefix may be empty, which a key may not. */
export function checkPrefix(prefix: string): void {
  if (typeof prefix === 'string' && prefix.isWellFormed()) return;
  throw invalidArgument(`the prefix ${JSON.stringify(prefix)} is not a well-formed string`);
}

/** The JSON a value is stored as. */
export function stateText(key: string, value: unknown, maxValueBytes: number): string {
  const what = `the value of ${JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key)}`;
  const text = toJsonText(value, what);
  checkBytes(text, what, 'maxValueBytes', maxValueBytes);
  return text;
}
