import type { Telemetry } from '@aiwork/core';
import { show, Violation } from '../../engine/violation.ts';
import type { TelemetryUnderTest } from './telemetry-under-test.ts';

/** How late a busy machine may notice that a call has to end. */
const slackMs = 1500;

/** The call has to resolve in the time that is declared. */
export async function flushEnds(
  { telemetry, capabilities }: TelemetryUnderTest,
  what: string,
  call: (telemetry: Telemetry) => Promise<void>,
): Promise<void> {
  const expected = `${what} to resolve within ${capabilities.maxFlushMs} ms`;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const waitMs = capabilities.maxFlushMs + slackMs;
    timer = setTimeout(() => reject(new Violation(expected, `it had not after ${waitMs} ms`)), waitMs);
  });
  try {
    await Promise.race([
      call(telemetry).catch((error: unknown) => {
        throw new Violation(expected, `it was rejected with ${show(error)}`);
      }),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
