import { inspect, isDeepStrictEqual } from 'node:util';
import { AiworkError, type ErrorCode } from '@aiwork/core';

/** An adapter did something its contract forbids. */
export class Violation extends Error {
  readonly expected: string;
  readonly seen: string;

  constructor(expected: string, seen: string) {
    super(`expected ${expected}; seen: ${seen}`);
    this.name = 'Violation';
    this.expected = expected;
    this.seen = seen;
  }
}

/** The check could not come to a verdict, which is never a pass. */
export class Undecided extends Error {
  override readonly name = 'Undecided';
}

const escaped = (control: string) =>
  control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A value as it is shown in a report: on one line, and never long. */
export function show(value: unknown): string {
  const text =
    value instanceof Error
      ? `${value.name}: ${AiworkError.isInstance(value) ? `${value.code} ` : ''}${value.message}`
      : inspect(value, {
          depth: 6,
          breakLength: Number.POSITIVE_INFINITY,
          compact: true,
          maxArrayLength: 12,
          maxStringLength: 120,
        });
  const line = text.replaceAll(/\p{Cc}|[\u2028\u2029]/gu, escaped);
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

/** How a call has to be refused. */
export interface Refusal {
  /** One of these; any error of the family where left out. */
  readonly code?: ErrorCode | readonly ErrorCode[];
  /** Whether it has to say that nothing was changed. */
  readonly notApplied?: boolean;
}

/** What a check states about an adapter. */
export interface Expectations {
  /** `seen` has to equal `expected` in depth; `what` says what was looked at. */
  same(seen: unknown, expected: unknown, what: string): void;
  /** `holds` has to be true. */
  that(holds: boolean, expected: string, seen: unknown): void;
  /** The call has to reject with an error of the family; gives the error. */
  refuses(call: () => Promise<unknown>, what: string, refusal?: Refusal): Promise<AiworkError>;
}

/** A caller that handles rejections does not see what is thrown before there is a promise. */
function begun(call: () => Promise<unknown>, expected: string): Promise<unknown> {
  try {
    return call();
  } catch (error) {
    throw new Violation(`${expected}, by a promise that rejects`, `the call itself threw ${show(error)}`);
  }
}

export const expectations: Expectations = {
  same(seen, expected, what) {
    if (isDeepStrictEqual(seen, expected)) return;
    throw new Violation(`${what} to be ${show(expected)}`, show(seen));
  },

  that(holds, expected, seen) {
    if (!holds) throw new Violation(expected, show(seen));
  },

  async refuses(call, what, { code, notApplied = true } = {}) {
    const codes = code === undefined ? undefined : [code].flat();
    const expected = `${what} to be refused with ${codes?.join(' or ') ?? 'an AiworkError'}`;
    const [error, result] = await begun(call, expected).then(
      (value) => [undefined, value] as const,
      (reason: unknown) => [reason ?? new Error('rejected with nothing'), undefined] as const,
    );
    if (error === undefined) throw new Violation(expected, `it resolved with ${show(result)}`);
    if (!AiworkError.isInstance(error) || (codes && !codes.includes(error.code))) {
      throw new Violation(expected, show(error));
    }
    if (notApplied && error.outcome !== 'not-applied') {
      throw new Violation(
        `${what} to be refused with outcome 'not-applied'`,
        `outcome ${show(error.outcome)}`,
      );
    }
    return error;
  },
};
