import { expect, it } from 'vitest';
import { readRetryAfterMs } from './retry-after.ts';

it.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': ' 0.5 ' }, 500],
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9000],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
  [{ 'retry-after': '2026' }, 2_026_000],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': '1e3' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': '9'.repeat(400) }, undefined],
  [{}, undefined],
])('reads %j as %s', (headers: Record<string, string>, expected) => {
  expect(readRetryAfterMs(new Headers(headers))).toBe(expected);
  expect(readRetryAfterMs(headers)).toBe(expected);
});

it('reads a date as the time until then', () => {
  const date = new Date(Date.now() + 60_000).toUTCString();
  const ms = readRetryAfterMs(new Headers({ 'retry-after': date })) ?? 0;
  expect(ms).toBeGreaterThan(30_000);
  expect(ms).toBeLessThanOrEqual(60_000);
});
