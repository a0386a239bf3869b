import { invalidArgument } from '@aiwork/core/adapter-kit';

/** What timers take: a longer time would be up at once. */
const longestMs = 2 ** 31 - 1;

/** Options that are times in milliseconds. @throws `AIWORK_INVALID_ARGUMENT` naming one that cannot be waited for. */
export function checkTimes(times: Readonly<Record<string, number>>, leastMs: 0 | 1): void {
  for (const [name, ms] of Object.entries(times)) {
    if (typeof ms === 'number' && ms >= leastMs && ms <= longestMs) continue;
    throw invalidArgument(
      `${name} is ${ms}: give ${leastMs} to ${longestMs} milliseconds, which is almost 25 days`,
    );
  }
}

/** Options that say how many there may be. @throws `AIWORK_INVALID_ARGUMENT` naming one that is no whole number of at least 1. */
export function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    if (!Number.isSafeInteger(count) || count < 1)
      throw invalidArgument(`${name} is ${count}: give a whole number of at least 1`);
}
