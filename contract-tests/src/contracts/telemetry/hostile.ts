import type { CheckGroup } from '../../engine/contract.ts';
import type { ReceivedSpan, ReceivedValue } from '../../otlp/received.ts';
import { arrival, flushSpans, flushUntil } from './arriving.ts';
import { playRun } from './playing.ts';
import { sendsLogs, sendsTraces, type TelemetryUnderTest } from './telemetry-under-test.ts';

const hostileNames: ReadonlyMap<string, string> = new Map([
  ['nothing', ''],
  ['zeros of C', 'a\u0000b'],
  ['control characters', '\u0001\u001b[31m\u007f\u0085'],
  ['lines', 'one\r\ntwo\u2028three'],
  ['quotes and backslashes', '"\'\\`$<>{}&'],
  ['unpaired surrogates', '\ud83d-\ude00'],
  ['emoji', '\u{1f600}'.repeat(40)],
  ['a name of every object', '__proto__'],
  ['a prototype', 'constructor.prototype'],
  ['labels of Prometheus', 'x{a="1"} 1\n# TYPE y counter'],
  ['200,000 letters', 'a'.repeat(200_000)],
]);

/** Values that whoever writes a flow may hand over. */
function hostileValues(): ReadonlyMap<string, unknown> {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const deep = Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], 'deep');
  const trap = {
    get toJSON(): never {
      throw new Error('a trap');
    },
  };
  return new Map<string, unknown>([
    ['a cycle', cycle],
    ['20,000 arrays in each other', deep],
    ['a big integer', 12n],
    ['a symbol', Symbol('s')],
    ['a function', () => {}],
    ['an object that throws', trap],
    ['no date', new Date(Number.NaN)],
    ['no prototype', Object.create(null)],
    ['a million bytes', new Uint8Array(1_000_000)],
    ['NaN', Number.NaN],
  ]);
}

/** Every text that a span carries. */
function textsOf({ name, statusMessage, attributes, events }: ReceivedSpan): readonly string[] {
  const inside = events.flatMap((event) => [event.name, ...textsIn(event.attributes)]);
  return [name, statusMessage, ...textsIn(attributes), ...inside];
}

function textsIn(value: ReceivedValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

export const hostile: CheckGroup<TelemetryUnderTest> = {
  id: 'hostile',
  title: 'Hostile names and values',
  checks: [
    {
      id: 'telemetry.hostile.names',
      rule: 'A span arrives whatever the names of its run, unit, step and tags are',
      anchor: 'Telemetry',
      why: 'one name that the receiver refuses takes all spans of its batch with it',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const played = [...hostileNames].map(([what, name]) => {
          const play = { runId: `run-${name}`, unitId: name, stepId: name, tags: [name] };
          return [what, playRun(subject.telemetry, play)] as const;
        });
        const { run: plain } = playRun(subject.telemetry);
        const spans = played.flatMap(([, { run, attempt }]) => [run, attempt]);
        await flushSpans(subject, [...spans, plain]);
        for (const [what, { run, attempt }] of played) {
          arrival(subject, run, `a run named ${what}`);
          arrival(subject, attempt, `a step named ${what}`);
        }
        arrival(subject, plain, 'a run beside them');
      },
    },
    {
      id: 'telemetry.hostile.cut',
      rule: 'No text in a span is longer than declared',
      anchor: 'Telemetry',
      why: 'receivers refuse requests beyond a few megabytes, with all that is in them',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const { maxTextLength } = subject.capabilities;
        const name = 'n'.repeat(2 * maxTextLength);
        const error = { name, message: name, code: name, retryable: false };
        const play = { runId: name, unitId: name, stepId: name, tags: [name], input: name, output: name };
        const { run, attempt } = playRun(subject.telemetry, { ...play, error });
        const request = subject.telemetry.request({ method: name, route: name });
        request.end({ statusCode: 200 });
        await flushSpans(subject, [run, attempt, request]);
        for (const span of [run, attempt, request]) {
          const lengths = textsOf(arrival(subject, span, 'what has long names')).map(({ length }) => length);
          const longest = Math.max(...lengths);
          t.that(longest <= maxTextLength, `no text longer than ${maxTextLength} characters`, longest);
        }
      },
    },
    {
      id: 'telemetry.hostile.log-lines',
      rule: 'A log line arrives whatever is in it, cut to what is declared, with the ids of the run it belongs to',
      anchor: 'Telemetry.event',
      why: 'the line that is missing is the one about what went wrong',
      when: sendsLogs,
      async run(t) {
        const subject = await t.open();
        const { maxTextLength } = subject.capabilities;
        const messages = [...hostileNames.values(), 'plain'];
        const played = messages.map((message) =>
          playRun(subject.telemetry, { log: { message, data: message } }),
        );
        // A batch of which the receiver said too late that it has it is sent again: a line may come twice.
        const arrived = () => new Set(subject.received().logs.map(({ traceId }) => traceId)).size;
        await flushUntil(subject, () => arrived() >= messages.length);
        const { logs } = subject.received();
        for (const { body } of logs) {
          const length = String(body).length;
          t.that(length <= maxTextLength, `no line longer than ${maxTextLength} characters`, length);
        }
        const traces = new Set(played.map(({ run }) => run.trace.traceparent.split('-')[1]));
        const strangers = logs.filter(({ traceId }) => !traceId || !traces.has(traceId));
        t.same(strangers.length, 0, 'the number of log lines without the trace of their run');
        t.same(arrived(), messages.length, `the arrivals of ${messages.length} log lines`);
      },
    },
    {
      id: 'telemetry.hostile.values',
      rule: 'Nothing throws, whatever steps are given, give and log',
      anchor: 'Telemetry',
      why: 'a run would fail because it is watched',
      async run(t) {
        const subject = await t.open();
        for (const [what, value] of hostileValues()) {
          let thrown: unknown;
          try {
            playRun(subject.telemetry, { input: value, output: value, log: { message: 'm', data: value } });
          } catch (error) {
            thrown = error ?? 'nothing';
          }
          t.same(thrown, undefined, `what is thrown where a step works on ${what}`);
        }
        const { run } = playRun(subject.telemetry);
        if (!subject.capabilities.signals.includes('traces')) return;
        await flushSpans(subject, [run]);
        arrival(subject, run, 'a run after them');
      },
    },
  ],
};
