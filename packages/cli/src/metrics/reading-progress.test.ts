import process from 'node:process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readingProgress } from './reading-progress.ts';

const written = vi.fn((_text: string | Uint8Array) => true);
const began = Date.parse('2027-01-31T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process.stderr, 'write').mockImplementation(written);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  written.mockClear();
});

it('says nothing of what is read at once, and then a line every ten seconds', () => {
  using progress = readingProgress();
  for (let i = 0; i < 1500; i += 1) progress.read(began);
  expect(written).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  progress.read(began);
  progress.read(began);
  expect(written.mock.calls).toEqual([['Read 1,501 runs, back to 2027-01-31T12:00:00.000Z …\n']]);
  vi.advanceTimersByTime(9000);
  progress.read(began);
  expect(written).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  progress.read(began - 60_000);
  expect(written).toHaveBeenLastCalledWith('Read 1,504 runs, back to 2027-01-31T11:59:00.000Z …\n');
});
