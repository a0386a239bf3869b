import { AiworkError } from './errors.ts';

/**
 * A length of time: a number of milliseconds, or a number with a unit, as in `'250ms'`, `'30s'`, `'5m'`, `'2h'`, `'7d'`.
 *
 * @since 0.1.0
 */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Turns a {@link Duration} into milliseconds.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when it is negative, not finite or not a duration at all.
 * @example
 * ```ts
 * import { toMilliseconds } from '@aiwork/core';
 *
 * console.log(toMilliseconds('1.5s'), toMilliseconds(20)); // 1500 20
 * ```
 * @since 0.1.0
 */
export function toMilliseconds(duration: Duration, what = 'duration'): number {
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : undefined;
  const ms =
    typeof duration === 'number'
      ? duration
      : match
        ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
        : Number.NaN;
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `${what} is ${JSON.stringify(duration)}: give milliseconds as a number, or a string such as '250ms', '30s', '5m', '2h' or '7d'`,
  );
}
