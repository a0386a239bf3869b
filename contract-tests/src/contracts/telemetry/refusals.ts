import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { secretIn } from '../telling.ts';
import { arrival, countArrivals, until } from './arriving.ts';
import { flushEnds } from './flushing.ts';
import { playSpan } from './playing.ts';
import { type GateAnswer, openRefusingGate, type RefusingGate } from './refusing-gate.ts';
import { sendsTraces, type TelemetryUnderTest } from './telemetry-under-test.ts';
import { watchWarnings } from './warnings.ts';

const common = { needs: ['link-faults'], when: sendsTraces } as const;

/** `{ partialSuccess: { rejectedSpans: 1, errorMessage: 'no' } }`, in protobuf. */
const partialSuccess = new Uint8Array([0x0a, 0x06, 0x08, 1, 0x12, 0x02, 0x6e, 0x6f]);

const partial: GateAnswer = {
  status: 200,
  body: ({ headers }) =>
    headers['content-type']?.includes('json')
      ? JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: 'no' } })
      : partialSuccess,
};

/** What OTLP says is not to be sent again. */
const final: ReadonlyMap<string, GateAnswer> = new Map([
  ...[400, 401, 403, 404, 413].map((status) => [`status ${status}`, { status }] as const),
  ['a partial success', partial],
]);

/** What OTLP says may be sent again. */
const forNow: ReadonlyMap<string, GateAnswer> = new Map(
  [429, 502, 503, 504].map((status) => [`status ${status}`, { status, headers: { 'retry-after': '0' } }]),
);

/** What no receiver should say, and some proxy does. */
const nonsense: ReadonlyMap<string, GateAnswer> = new Map([
  [
    'a page for people',
    { status: 200, body: () => '<!doctype html><p>Sign in', headers: { 'content-type': 'text/html' } },
  ],
  ['nothing of OTLP', { status: 200, body: () => new Uint8Array([255, 255, 255, 7, 0, 1]) }],
  ['a body that is cut', { status: 200, cut: true }],
  ['an error that is cut', { status: 503, cut: true, body: () => 'Service Unav' }],
  ['a million letters', { status: 500, body: () => 'e'.repeat(1_000_000) }],
  ['a Retry-After of years', { status: 503, headers: { 'retry-after': '99999999' } }],
  ['a Retry-After of no time', { status: 429, headers: { 'retry-after': 'soon' } }],
  ['status 600', { status: 600 }],
]);

/** A client behind a gate, which is open again and closed at the end. */
async function withGate(
  t: CheckContext<TelemetryUnderTest>,
  work: (gate: RefusingGate, open: () => Promise<TelemetryUnderTest>) => Promise<void>,
): Promise<void> {
  const gate = await openRefusingGate((await t.link()).address);
  try {
    await work(gate, () => t.open({ address: gate.address }));
  } finally {
    await gate.close();
  }
}

/** A span arrives that ends now. */
async function sendsAgain(t: CheckContext<TelemetryUnderTest>, subject: TelemetryUnderTest, after: string) {
  const { telemetry, capabilities } = subject;
  await until(
    async () => {
      const span = playSpan(telemetry);
      await telemetry.flush();
      return countArrivals(subject, [span]) === 1;
    },
    `a span to arrive after ${after}`,
    2 * t.callDeadlineMs + capabilities.maxFlushMs,
    () => 'none',
  );
}

export const refusals: CheckGroup<TelemetryUnderTest> = {
  id: 'refusals',
  title: 'A receiver that refuses',
  checks: [
    {
      ...common,
      id: 'telemetry.refusals.kept-for-now',
      rule: 'What is refused for now (429, 502, 503, 504) is kept, and arrives once when it is taken',
      anchor: 'Telemetry',
      why: 'each restart of a receiver would be a hole in every trace',
      async run(t) {
        await withGate(t, async (gate, open) => {
          for (const [what, answer] of forNow) {
            const subject = await open();
            gate.answer(answer);
            const span = playSpan(subject.telemetry);
            const refused = gate.answered();
            const flushed = subject.telemetry.flush();
            const withinMs = subject.capabilities.maxFlushMs + t.callDeadlineMs;
            const isRefused = () => gate.answered() > refused;
            // It always comes, on a machine that stands still for seconds, too.
            await until(isRefused, 'a span to be sent', 10 * withinMs, () => 'no request');
            gate.passOn();
            await flushed;
            const came = async () => {
              await subject.telemetry.flush();
              return countArrivals(subject, [span]) > 0;
            };
            await until(came, `a span refused with ${what} to arrive`, withinMs, () => 'it did not come');
            arrival(subject, span, `what was refused with ${what}`);
          }
        });
      },
    },
    {
      ...common,
      id: 'telemetry.refusals.not-repeated',
      rule: 'What is refused for good, in whole or in part, is not sent again',
      anchor: 'Telemetry',
      why: 'one span that a receiver cannot take would keep all others from it',
      async run(t) {
        await withGate(t, async (gate, open) => {
          for (const [what, answer] of final) {
            const subject = await open();
            gate.answer(answer);
            const span = playSpan(subject.telemetry);
            await subject.telemetry.flush();
            const sent = gate.answered();
            for (let n = 0; n < 3; n += 1) await subject.telemetry.flush();
            t.same(gate.answered() - sent, 0, `the requests that follow one answered with ${what}`);
            gate.passOn();
            await sendsAgain(t, subject, what);
            t.same(countArrivals(subject, [span]), 0, `the arrivals of a span that was refused with ${what}`);
          }
        });
      },
    },
    {
      ...common,
      id: 'telemetry.refusals.nonsense',
      rule: 'Whatever the receiver answers, `flush()` resolves in time, and the next spans are sent',
      anchor: 'Telemetry',
      why: 'between a process and its receiver are proxies that answer what they like',
      async run(t) {
        await withGate(t, async (gate, open) => {
          for (const [what, answer] of nonsense) {
            const subject = await open();
            gate.answer(answer);
            playSpan(subject.telemetry);
            await flushEnds(subject, `flush() where the answer is ${what}`, (telemetry) => telemetry.flush());
            gate.passOn();
            await sendsAgain(t, subject, what);
          }
        });
      },
    },
    {
      ...common,
      id: 'telemetry.refusals.secrets',
      rule: 'No warning shows what it was configured with, also where the receiver repeats it',
      anchor: 'Telemetry',
      why: 'logs are read by more people than may write to the receiver',
      alone: true,
      async run(t) {
        const warnings = watchWarnings();
        try {
          await withGate(t, async (gate, open) => {
            const { telemetry } = await open();
            const body: GateAnswer['body'] = ({ headers }) => `not allowed: ${JSON.stringify(headers)}`;
            for (const status of [401, 503]) {
              gate.answer({ status, headers: { 'retry-after': '0' }, body });
              playSpan(telemetry);
              await telemetry.flush();
            }
            await telemetry.close();
          });
          await new Promise((resolve) => setImmediate(resolve));
        } finally {
          warnings.stop();
        }
        t.that(warnings.seen.length > 0, 'a warning that nothing is taken', 'none');
        const secret = secretIn(warnings.seen, t.secrets);
        t.that(secret === undefined, 'no secret in any warning', secret && `${secret.slice(0, 4)}…`);
      },
    },
  ],
};
