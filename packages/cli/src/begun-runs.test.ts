import { expect, it } from 'vitest';
import { begunRuns } from './begun-runs.ts';

it('forgets runs that are over, and of too many the first', () => {
  const begun = begunRuns<number>();
  for (let i = 0; i <= 10_000; i += 1) begun.begin(`run-${i}`, i);
  expect(begun.end('run-0')).toBeUndefined();
  expect(begun.end('run-1')).toBe(1);
  expect(begun.end('run-1')).toBeUndefined();
  expect(begun.end('run-10000')).toBe(10_000);
});
