import type { Span } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { watchStrays } from '../faults/strays.ts';
import { countArrivals, until } from './arriving.ts';
import { flushEnds } from './flushing.ts';
import { heapUsed } from './heap-used.ts';
import { playRun, playSpan } from './playing.ts';
import { sendsTraces, type TelemetryUnderTest } from './telemetry-under-test.ts';
import { watchWarnings } from './warnings.ts';

const needs = ['link-faults'] as const;
const kinds = ['cut', 'refuse', 'blackhole'] as const;
const many = 100_000;

/** Does `work` while the link has each of its faults; spans have to arrive again each time that it is over. */
async function duringFaults(
  t: CheckContext<TelemetryUnderTest>,
  work: (subject: TelemetryUnderTest, fault: string) => Promise<void>,
): Promise<void> {
  const link = await t.link();
  const subject = await t.open({ throughLink: true });
  try {
    for (const fault of kinds) {
      playRun(subject.telemetry);
      await link[fault]();
      await work(subject, fault);
      await link.heal();
      await sendsAgain(t, subject, fault);
    }
  } finally {
    await link.heal();
  }
}

/** Or one that gives up for ever would do. */
async function sendsAgain(
  t: CheckContext<TelemetryUnderTest>,
  { telemetry, received, capabilities }: TelemetryUnderTest,
  fault: string,
): Promise<void> {
  const { signals, maxFlushMs } = capabilities;
  const stepId = `after ${fault}`;
  const seen = () => (signals.includes('traces') ? received().spans : received().points).length;
  const before = seen();
  playSpan(telemetry, stepId);
  playRun(telemetry);
  const withinMs = 2 * t.callDeadlineMs + maxFlushMs;
  const expected = `something to arrive again after ${fault}() was over,`;
  await until(
    async () => {
      await telemetry.flush();
      return seen() > before;
    },
    expected,
    withinMs,
    () => 'nothing',
  );
}

/** Milliseconds for so many runs, as the engine would tell of them. */
function timeOf({ telemetry }: TelemetryUnderTest, runs: number): number {
  const start = performance.now();
  for (let n = 0; n < runs; n += 1) playRun(telemetry);
  return performance.now() - start;
}

export const faults: CheckGroup<TelemetryUnderTest> = {
  id: 'faults',
  title: 'Faults on the wire',
  checks: [
    {
      id: 'telemetry.faults.sends-again',
      rule: 'It sends again by itself when its receiver is back, whatever happened in between',
      anchor: 'Adapter',
      why: 'a receiver that is restarted once would see nothing until every process is',
      needs,
      run: (t) => duringFaults(t, async ({ telemetry }) => telemetry.flush()),
    },
    {
      id: 'telemetry.faults.flush-ends',
      rule: '`flush()` and `close()` resolve within `maxFlushMs`, whatever the receiver does',
      anchor: 'TelemetryCapabilities.maxFlushMs',
      why: 'a process that goes down would be killed for what nobody needs it to do',
      needs,
      async run(t) {
        const link = await t.link();
        await duringFaults(t, async (subject, fault) => {
          playRun(subject.telemetry);
          await flushEnds(subject, `flush() during ${fault}()`, (telemetry) => telemetry.flush());
        });
        for (const fault of kinds) {
          const subject = await t.open({ throughLink: true });
          playRun(subject.telemetry);
          await link[fault]();
          await flushEnds(subject, `close() during ${fault}()`, (telemetry) => telemetry.close());
          await link.heal();
        }
      },
    },
    {
      id: 'telemetry.faults.costs-nothing',
      rule: 'No call but `flush` and `close` waits, or takes longer because the receiver is away',
      anchor: 'Telemetry',
      why: 'every run would be as slow as what watches it',
      needs,
      alone: true,
      async run(t) {
        const runs = 1000;
        const link = await t.link();
        const subject = await t.open({ throughLink: true });
        timeOf(subject, runs);
        await subject.telemetry.flush();
        // So much more that no busy machine is taken for a fault.
        const allowedMs = 10 * timeOf(subject, runs) + 1000;
        for (const fault of ['refuse', 'blackhole'] as const) {
          await link[fault]();
          await subject.telemetry.flush();
          const tookMs = timeOf(subject, runs);
          const expected = `${runs} runs during ${fault}() to take at most ${Math.round(allowedMs)} ms`;
          t.that(tookMs <= allowedMs, expected, `${Math.round(tookMs)} ms`);
          await link.heal();
        }
      },
    },
    {
      id: 'telemetry.faults.bounded',
      rule: 'No more than `maxQueued` spans wait for a receiver that is away, and the next that end arrive when it is back',
      anchor: 'TelemetryCapabilities.maxQueued',
      why: 'a receiver that is down for a night would bring down every process in the morning',
      needs,
      when: sendsTraces,
      async run(t) {
        const link = await t.link();
        const subject = await t.open({ throughLink: true });
        const { telemetry, capabilities } = subject;
        const { maxQueued } = capabilities;
        await link.refuse();
        const ended = 4 * maxQueued + 1000;
        for (let n = 0; n < ended; n += 1) {
          playSpan(telemetry);
          if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await telemetry.flush();
        await link.heal();
        const withinMs = 2 * t.callDeadlineMs + capabilities.maxFlushMs;
        const later: Span[] = [];
        const others = () => subject.received().spans.length - countArrivals(subject, later);
        await until(
          async () => {
            later.push(playSpan(telemetry));
            await telemetry.flush();
            return countArrivals(subject, later) > 0;
          },
          'a span that ended when the receiver was back to arrive',
          withinMs,
          () => `${others()} others`,
        );
        const held = others();
        t.that(held <= maxQueued, `no more than ${maxQueued} of ${ended} spans to have waited`, held);
      },
    },
    {
      id: 'telemetry.faults.memory',
      rule: 'Memory does not grow with what could not be sent',
      anchor: 'Telemetry',
      why: 'what is dropped from a queue and kept elsewhere is kept all the same',
      needs,
      alone: true,
      async run(t) {
        const link = await t.link();
        const { telemetry, capabilities } = await t.open({ throughLink: true });
        await link.refuse();
        const before = heapUsed();
        for (let n = 0; n < many; n += 1) {
          playSpan(telemetry, `${n}`.padStart(500, 'n'));
          if (n % 5000 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await telemetry.flush();
        const grownBytes = heapUsed() - before;
        // A span may take 4 KiB while it waits; beside that, code and whatever else goes on in the process.
        const allowedBytes = capabilities.maxQueued * 4096 + 32 * 2 ** 20;
        const expected = `the heap to grow by at most ${toMiB(allowedBytes)} MiB with ${many} spans`;
        t.that(grownBytes <= allowedBytes, expected, `${toMiB(grownBytes)} MiB`);
      },
    },
    {
      id: 'telemetry.faults.nothing-stray',
      rule: 'A fault leaves no error that nobody handles, and prints nothing but the warning',
      anchor: 'Telemetry',
      why: 'an error that nobody handles ends the process',
      needs,
      alone: true,
      async run(t) {
        // Whoever follows the checks may still be saying what came of the one before.
        await new Promise((resolve) => setImmediate(resolve));
        const warnings = watchWarnings();
        const strays = watchStrays();
        try {
          await duringFaults(t, async ({ telemetry }) => telemetry.flush());
        } finally {
          strays.stop();
          warnings.stop();
        }
        t.same(strays.seen, [], 'errors that nobody handles, and output, while there are faults');
      },
    },
    {
      id: 'telemetry.faults.told',
      rule: 'The operator is told by a process warning that nothing is taken, and not again with each attempt',
      anchor: 'Telemetry',
      why: 'silence is found out when a trace is needed, and a flood hides everything else',
      needs,
      alone: true,
      async run(t) {
        const attempts = 10;
        const link = await t.link();
        const { telemetry } = await t.open({ throughLink: true });
        await link.refuse();
        const warnings = watchWarnings();
        try {
          for (let n = 0; n < attempts; n += 1) {
            playRun(telemetry);
            await telemetry.flush();
          }
          await new Promise((resolve) => setImmediate(resolve));
        } finally {
          warnings.stop();
        }
        const { length } = warnings.seen;
        // One for each signal is as good.
        const expected = `1 to 3 warnings of ${attempts} attempts to send that failed`;
        t.that(
          length >= 1 && length <= 3,
          expected,
          warnings.seen.map(({ message }) => message),
        );
      },
    },
  ],
};

const toMiB = (bytes: number) => Math.round(bytes / 2 ** 20);
