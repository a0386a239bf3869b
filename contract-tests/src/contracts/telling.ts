import { inspect } from 'node:util';
import type { AiworkError } from '@aiwork/core';
import type { Expectations } from '../engine/violation.ts';

/** Everything that logging it can show. */
const shownBy = (value: unknown): string =>
  inspect(value, {
    depth: 10,
    showHidden: true,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: Number.POSITIVE_INFINITY,
  });

/** As much of a secret as may be said about it. */
const hint = (secret: string) => `${secret.slice(0, 4)}…`;

/** Whether logging `value` would show one of the secrets, and which. */
export const secretIn = (value: unknown, secrets: readonly string[]): string | undefined => {
  const shown = shownBy(value);
  return secrets.find((secret) => shown.includes(secret));
};

/** None of the errors may show one of the secrets, nor may their causes. */
export function errorsTellNothing(
  t: Expectations,
  errors: readonly AiworkError[],
  secrets: readonly string[],
): void {
  for (const error of errors) {
    const secret = secretIn(error, secrets);
    t.that(secret === undefined, 'no secret in any error', secret && `${error.code} shows ${hint(secret)}`);
  }
}

/** Inspecting `value` may show none of the secrets. */
export function showsNothing(
  t: Expectations,
  value: unknown,
  what: string,
  secrets: readonly string[],
): void {
  const secret = secretIn(value, secrets);
  t.that(secret === undefined, `no secret in ${what} when it is inspected`, secret && hint(secret));
}
