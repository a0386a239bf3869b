import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { AiworkError, ChatModel } from '@aiwork/core';
import type { Answer } from '../../chat-server/chat-scene.ts';
import type { Exchange } from '../../chat-server/exchange.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { watchStrays } from '../faults/strays.ts';
import { leftHandles } from '../left-handles.ts';
import { answersAgain, ask, exchangeOf, failureOf, playOnce, question, thrownBy } from './asking.ts';
import { type ChatModelUnderTest, impatienceMs } from './chat-model-under-test.ts';

const sendFirst: Answer = async (exchange) => {
  await exchange.begin();
  const events = exchange.events({ text: ['first', 'second'], reason: 'stop' });
  const until = events.findIndex((event) => event.includes('first')) + 1;
  for (const event of events.slice(0, until)) await exchange.send(event);
};

/** Resolves with the first text, and leaves the stream there. */
async function untilText(chunks: AsyncIterator<unknown>): Promise<void> {
  await chunks.next();
}

const mostAttempts = 5;

/** A reply of which the first text has come: on a busy machine that may be too late for an impatient model. */
async function startedByImpatient({ impatient }: ChatModelUnderTest, signal: AbortSignal) {
  for (let attempt = 1; ; attempt += 1) {
    const chunks = impatient.stream(question, { signal })[Symbol.asyncIterator]();
    try {
      await untilText(chunks);
      return chunks;
    } catch (error) {
      if (attempt === mostAttempts) throw error;
    }
  }
}

async function readAndLeave(model: ChatModel, signal: AbortSignal): Promise<void> {
  for await (const _ of model.stream(question, { signal })) break;
}

/** Longer than a request is under way that has left. */
const arrivalMs = 2000;

/** The error of an impatient model, once the provider was asked: on a busy machine it gives up before that, too. */
async function givenUp(
  t: CheckContext<ChatModelUnderTest>,
  subject: ChatModelUnderTest,
  what: string,
  answer: Answer,
): Promise<{ readonly error: AiworkError; readonly exchange: Exchange }> {
  for (;;) {
    const begun = playOnce(subject, answer);
    const error = await failureOf(t, subject.impatient, what);
    const exchange = await Promise.race([begun, delay(arrivalMs, undefined, { ref: false })]);
    if (exchange) return { error, exchange };
    t.signal.throwIfAborted();
  }
}

async function isGivenUp(t: CheckContext<ChatModelUnderTest>, what: string, answer: Answer): Promise<void> {
  const subject = await t.open();
  await ask(subject.model);
  const start = performance.now();
  const { error, exchange } = await givenUp(t, subject, what, answer);
  t.that(performance.now() - start >= impatienceMs * 0.9, `${what} to be waited for`, 'an error too early');
  t.same(error.retryable, true, `whether ${what} may be tried again`);
  t.same(await exchange.closed, 'client', `who closed the connection after ${what}`);
  await answersAgain(t, subject, what);
}

/** More than all buffers between two processes take. */
const floodBytes = 64_000_000;
const takenBytes = 32_000_000;

export const ending: CheckGroup<ChatModelUnderTest> = {
  id: 'ending',
  title: 'Abort, silence and bounds',
  checks: [
    {
      id: 'chat-model.ending.aborted-before',
      rule: 'A signal that is aborted already throws its reason, and nothing is sent',
      anchor: 'ChatModel',
      why: 'a run that was cancelled pays for another call',
      async run(t) {
        const { model, provider } = await t.open();
        const reason = new Error('the user left');
        const thrown = await thrownBy(() => ask(model, question, AbortSignal.abort(reason)));
        t.that(thrown === reason, 'the reason of the signal to be thrown', thrown);
        t.same(provider.asked, 0, 'the number of requests');
      },
    },
    {
      id: 'chat-model.ending.aborted-waiting',
      rule: 'A signal that aborts before the first chunk throws its reason and closes the connection',
      anchor: 'ChatModel',
      why: 'the provider goes on, and is paid for it',
      async run(t) {
        const subject = await t.open();
        for (const answer of [() => {}, (exchange) => exchange.begin()] satisfies Answer[]) {
          const stopping = new AbortController();
          const begun = playOnce(subject, answer);
          const asking = thrownBy(() => ask(subject.model, question, stopping.signal));
          const exchange = await exchangeOf(begun, asking);
          const reason = new Error('the user left');
          stopping.abort(reason);
          const thrown = await asking;
          t.that(thrown === reason, 'the reason of the signal to be thrown', thrown);
          t.same(await exchange.closed, 'client', 'who closed the connection');
        }
        await answersAgain(t, subject, 'an abort');
      },
    },
    {
      id: 'chat-model.ending.aborted-streaming',
      rule: 'A signal that aborts in the middle of a reply throws its reason and closes the connection',
      anchor: 'ChatModel',
      why: 'the provider goes on, and is paid for it; the reply looks as if it was whole',
      async run(t) {
        const subject = await t.open();
        const stopping = new AbortController();
        const begun = playOnce(subject, sendFirst);
        const chunks = subject.model.stream(question, { signal: stopping.signal })[Symbol.asyncIterator]();
        await untilText(chunks);
        const next = thrownBy(() => chunks.next());
        const reason = new Error('the user left');
        stopping.abort(reason);
        const thrown = await next;
        t.that(thrown === reason, 'the reason of the signal to be thrown', thrown);
        t.same(await (await begun).closed, 'client', 'who closed the connection');
        await answersAgain(t, subject, 'an abort');
      },
    },
    {
      id: 'chat-model.ending.reader-stops',
      rule: 'A reader that stops before the end closes the connection',
      anchor: 'ChatModel',
      why: 'the provider goes on, and is paid for it; connections pile up',
      async run(t) {
        const subject = await t.open();
        const begun = playOnce(subject, sendFirst);
        await readAndLeave(subject.model, t.signal);
        t.same(await (await begun).closed, 'client', 'who closed the connection');
        await answersAgain(t, subject, 'a reader that stopped');
      },
    },
    {
      id: 'chat-model.ending.slow-first-token',
      rule: 'A provider that takes a request and says nothing is given up after the time that the model was given',
      anchor: 'ChatModel',
      why: 'a run waits for ever',
      async run(t) {
        await isGivenUp(t, 'a provider that says nothing', () => {});
        await isGivenUp(t, 'a provider that begins a stream and says nothing', (exchange) =>
          exchange.begin(),
        );
      },
    },
    {
      id: 'chat-model.ending.stalled',
      rule: 'A stream that stalls is given up after the time that the model was given, keep-alives or not',
      anchor: 'ChatModel',
      why: 'a run waits for ever, or for as long as a gateway keeps the connection alive',
      async run(t) {
        await isGivenUp(t, 'a stream that stalls', sendFirst);
        for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
          let longestMs = 0;
          await isGivenUp(t, 'a stream of keep-alives', async (exchange) => {
            await sendFirst(exchange);
            while (exchange.isOpen() && !t.signal.aborted) {
              await exchange.send(': keep-alive\n\n');
              const sent = performance.now();
              await delay(20);
              longestMs = Math.max(longestMs, performance.now() - sent);
            }
          });
          // A machine that stood still sent none of them for as long as a model waits that takes them for parts.
          if (longestMs < impatienceMs / 2) return;
        }
      },
    },
    {
      id: 'chat-model.ending.slow-reader',
      rule: 'A slow reader holds up the provider, and is not given up: nothing is read ahead without bound',
      anchor: 'ChatModel',
      why: 'one slow reader fills the memory of the process',
      async run(t) {
        const subject = await t.open();
        let sent = 0;
        const begun = playOnce(subject, async (exchange) => {
          sent = 0;
          await sendFirst(exchange);
          const long = exchange.events({ text: ['x'.repeat(100_000)], reason: 'stop' });
          const flood = long.find((event) => event.includes('xx')) ?? '';
          while (exchange.isOpen() && sent < floodBytes) {
            await exchange.send(flood);
            sent += flood.length;
          }
        });
        const chunks = await startedByImpatient(subject, t.signal);
        await settled(() => sent);
        t.that(sent < takenBytes, `less than ${takenBytes} bytes to be taken from the provider`, sent);
        const { value } = await chunks.next();
        t.that(value?.type === 'text', 'the next chunk, for a reader that took its time', value);
        await chunks.return?.();
        await (await begun).closed;
      },
    },
    {
      id: 'chat-model.ending.no-listener-left',
      rule: 'A call leaves no listener on the signal it was given',
      anchor: 'CallOptions.signal',
      why: 'the signal is that of the whole run: memory grows with each call, and Node warns',
      async run(t) {
        const { model, provider } = await t.open();
        const { signal } = new AbortController();
        await ask(model, question, signal);
        provider.play((exchange) => exchange.fail({ status: 500, message: 'no' }));
        await thrownBy(() => ask(model, question, signal));
        provider.play(sendFirst);
        await readAndLeave(model, signal);
        t.same(getEventListeners(signal, 'abort').length, 0, 'the number of listeners left on the signal');
      },
    },
    {
      id: 'chat-model.ending.no-handle-left',
      rule: 'A call leaves no handle that keeps the process alive',
      anchor: 'ChatModel',
      why: 'a process that never ends by itself',
      alone: true,
      async run(t) {
        const calls = 6;
        const { model, impatient, provider } = await t.open();
        const left = await leftHandles(calls, async () => {
          for (let n = 0; n < calls; n += 1) await ask(model);
          provider.play(sendFirst);
          for (let n = 0; n < calls; n += 1) await readAndLeave(model, t.signal);
          provider.play(() => {});
          await Promise.all(Array.from({ length: calls }, () => thrownBy(() => ask(impatient))));
          provider.play((exchange) => exchange.cut());
          for (let n = 0; n < calls; n += 1) await thrownBy(() => ask(model));
        });
        t.same(left, [], `handles that ${calls} calls left open`);
      },
    },
    {
      id: 'chat-model.ending.nothing-stray',
      rule: 'A failure is told by what the stream throws and by nothing else: no unhandled error, nothing printed',
      anchor: 'ChatModel',
      why: 'an error that nobody handles ends the process; what is printed may be what was said',
      alone: true,
      async run(t) {
        const { model, impatient, provider } = await t.open();
        const strays = watchStrays();
        try {
          for (const answer of [
            (exchange) => exchange.fail({ status: 429, message: 'no' }),
            (exchange) => exchange.answer(200, 'text/event-stream', 'event: x\ndata: {"choices":[\n\n'),
            (exchange) => exchange.cut(),
            async (exchange) => {
              await sendFirst(exchange);
              exchange.cut();
            },
          ] satisfies Answer[]) {
            provider.play(answer);
            await thrownBy(() => ask(model));
          }
          provider.play(sendFirst);
          await thrownBy(() => ask(impatient));
          const stopping = new AbortController();
          const chunks = model.stream(question, { signal: stopping.signal })[Symbol.asyncIterator]();
          await untilText(chunks);
          stopping.abort(new Error('the user left'));
          await thrownBy(async () => chunks.return?.());
          await delay(50);
        } finally {
          strays.stop();
        }
        t.same(strays.seen, [], 'errors that nobody handles, and output');
      },
    },
  ],
};

/** Waits until a number stops to grow. */
async function settled(read: () => number): Promise<void> {
  for (let before = -1; before !== read(); ) {
    before = read();
    await delay(300);
  }
}
