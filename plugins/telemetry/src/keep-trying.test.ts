import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepTrying } from './keep-trying.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refusedForNow = new OTLPExporterError('Export failed with retryable status');

/** An exporter that answers as it is told, and what came of a batch of three. */
function sending(answers: readonly (Error | undefined)[]) {
  const left = [...answers];
  let sent = 0;
  const over: [number, boolean][] = [];
  const exporter = keepTrying<number>(
    {
      export(_, done) {
        sent += 1;
        const error = left.shift();
        done(error ? { code: ExportResultCode.FAILED, error } : { code: ExportResultCode.SUCCESS });
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    },
    { failed: () => {}, over: (items, isTaken) => over.push([items, isTaken]) },
  );
  const results: ExportResult[] = [];
  exporter.export([1, 2, 3], (result) => results.push(result));
  return { exporter, over, results, sent: () => sent };
}

it('sends again what is refused for now, later and later, until it is taken', async () => {
  const { over, sent } = sending([
    refusedForNow,
    Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
    undefined,
  ]);
  expect(sent()).toBe(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent()).toBe(2);
  await vi.advanceTimersByTimeAsync(999);
  expect(sent()).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect([sent(), over]).toEqual([3, [[3, true]]]);
});

it('does not send again what is refused for good', async () => {
  const { over, sent } = sending([new OTLPExporterError('no', 401)]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sent(), over]).toEqual([1, [[3, false]]]);
});

it('gives up after two minutes', async () => {
  const { over, results } = sending(Array(1000).fill(refusedForNow));
  await vi.advanceTimersByTimeAsync(119_000);
  expect(over).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([over, results.length]).toEqual([[[3, false]], 1]);
});

it('gives up what waits when it is shut down', async () => {
  const { exporter, over, sent } = sending(Array(1000).fill(refusedForNow));
  const flushed = exporter.forceFlush();
  await exporter.shutdown();
  await flushed;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sent(), over]).toEqual([1, [[3, false]]]);
});
