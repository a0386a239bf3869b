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

/** As much of a secret as may be said about it, and where in `value` it stands. */
export function hint(secret: string, value: unknown): string {
  const place = placeOf(secret, value);
  return `${secret.slice(0, 4)}…${place ? ` in its ${place}` : ''}`;
}

/** The properties that lead to a text with the secret in it, with points between. */
function placeOf(secret: string, value: unknown, seen = new Set<object>()): string | undefined {
  if (typeof value === 'string') return value.includes(secret) ? '' : undefined;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) {
    return undefined;
  }
  seen.add(value);
  const members = Object.entries(Object.getOwnPropertyDescriptors(value));
  // It has the message in it.
  members.sort(([a], [b]) => Number(a === 'stack') - Number(b === 'stack'));
  for (const [name, { value: member }] of members) {
    const rest = placeOf(secret, member, seen);
    if (rest !== undefined) return rest === '' ? name : `${name}.${rest}`;
  }
  return undefined;
}

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
    t.that(
      secret === undefined,
      'no secret in any error',
      secret && `${error.code} shows ${hint(secret, error)}`,
    );
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
  t.that(secret === undefined, `no secret in ${what} when it is inspected`, secret && hint(secret, value));
}
