import type { Telemetry } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { secretIn, showsNothing } from '../telling.ts';
import { flushUntil } from './arriving.ts';
import { playRun } from './playing.ts';
import { keepsContent, type TelemetryUnderTest } from './telemetry-under-test.ts';

/** What nobody but the steps of a run may see, by where it stands. */
const contents = {
  input: 'canary-in-an-input',
  output: 'canary-in-an-output',
  data: 'canary-in-data-of-a-log-line',
  error: 'canary-in-the-message-of-an-error',
  cause: 'canary-in-the-cause-of-an-error',
  stack: 'canary-in-the-stack-of-an-error',
  prompt: 'canary-in-a-prompt',
  reply: 'canary-in-a-reply',
  tool: 'canary-in-a-call-of-a-tool',
} as const;

/** How many spans are about them. */
const contentSpans = 5;

function playContents(telemetry: Telemetry): void {
  const { input, output, data, error: message, cause, stack, prompt, reply, tool } = contents;
  playRun(telemetry, { input: { deep: [input] }, output, log: { message: 'm', data: { deep: [data] } } });
  const inner = { name: 'Error', message: cause, retryable: false };
  const error = { name: 'Error', message, code: 'AIWORK_PAPER', retryable: false, stack, cause: inner };
  const { attempt } = playRun(telemetry, { error });
  const call = telemetry.modelCall(
    {
      runId: 'run',
      stepId: 'ask',
      model: 'm',
      agent: 'a',
      request: { messages: [{ role: 'user', content: prompt }] },
    },
    attempt,
  );
  const toolCalls = [{ id: '1', name: 'search', input: { query: tool } }];
  call.end({ status: 'succeeded', output: { text: reply, toolCalls, reason: 'tool-calls' } });
}

/** None of the texts may be in anything that came. */
async function cameWithout(
  t: CheckContext<TelemetryUnderTest>,
  subject: TelemetryUnderTest,
  texts: readonly string[],
): Promise<void> {
  const isThere = () => subject.received().spans.length >= contentSpans;
  await flushUntil(subject, subject.capabilities.signals.includes('traces') ? isThere : () => true);
  const received = subject.received();
  t.that(received.spans.length + received.points.length > 0, 'something to arrive', 'nothing');
  const found = secretIn(received, texts);
  t.same(found, undefined, 'the secret that left the process');
}

export const secrets: CheckGroup<TelemetryUnderTest> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'telemetry.secrets.contents-stay',
      rule: 'What runs work on does not leave, unless that is declared',
      anchor: 'TelemetryCapabilities.content',
      why: 'traces are read by many, kept for long, and sold',
      when: keepsContent,
      async run(t) {
        const subject = await t.open();
        playContents(subject.telemetry);
        await cameWithout(t, subject, Object.values(contents));
      },
    },
    {
      id: 'telemetry.secrets.configuration-stays',
      rule: 'What it was configured with to sign in is in nothing that it sends as data',
      anchor: 'Telemetry',
      why: 'everybody who may read traces could write them, or more',
      async run(t) {
        const subject = await t.open();
        playRun(subject.telemetry);
        playContents(subject.telemetry);
        await cameWithout(t, subject, t.secrets);
      },
    },
    {
      id: 'telemetry.secrets.not-in-the-telemetry',
      rule: 'Inspecting a telemetry or a span shows neither what it was configured with, nor what runs work on',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      async run(t) {
        const { telemetry } = await t.open();
        const { input } = contents;
        const open = telemetry.attempt({ runId: 'run', stepId: 'write', attempt: 1, input });
        playContents(telemetry);
        const secret = [...t.secrets, ...(telemetry.capabilities.content ? [] : Object.values(contents))];
        showsNothing(t, telemetry, 'the telemetry', secret);
        showsNothing(t, open, 'a span', secret);
        open.end({ status: 'succeeded' });
        showsNothing(t, open, 'a span that ended', secret);
      },
    },
  ],
};
