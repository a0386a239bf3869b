import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { ProviderError } from '../../chat-server/provider-reply.ts';
import type { Address } from '../../engine/address.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { answersAgain, failureOf } from './asking.ts';
import type { ChatModelUnderTest } from './chat-model-under-test.ts';

/** What may pass by itself, and what will not. */
const statuses: readonly (readonly [status: number, retryable: boolean])[] = [
  [400, false],
  [401, false],
  [403, false],
  [404, false],
  [413, false],
  [422, false],
  [429, true],
  [500, true],
  [502, true],
  [503, true],
  [529, true],
];

/** A header, and how many milliseconds it asks for. */
const waits: readonly (readonly [value: string, least: number | undefined, most: number])[] = [
  ['7', 7000, 7000],
  ['0', 0, 0],
  ['1.5', 1500, 1500],
  ['soon', undefined, 0],
  ['-3', undefined, 0],
];

const rateLimited = (retryAfter: string): ProviderError => ({
  status: 429,
  message: 'slow down',
  headers: { 'retry-after': retryAfter },
});

/** An address at which nobody listens. */
async function deserted(): Promise<Address> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { host: '127.0.0.1', port };
}

export const failures: CheckGroup<ChatModelUnderTest> = {
  id: 'failures',
  title: 'Failures',
  checks: [
    {
      id: 'chat-model.failures.retryable',
      rule: 'What a provider refuses is not retryable, what it fails at or limits is; nothing is tried again unasked',
      anchor: 'ChatModel',
      why: 'what cannot succeed is tried for minutes, and what would succeed is given up',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        for (const [status, retryable] of statuses) {
          provider.play((exchange) => exchange.fail({ status, message: 'no' }));
          const asked = provider.asked;
          const error = await failureOf(t, model, `a request that is answered with status ${status}`);
          t.same(error.retryable, retryable, `whether status ${status} is retryable`);
          t.same(
            provider.asked - asked,
            1,
            `the number of requests that were answered with status ${status}`,
          );
        }
        await answersAgain(t, subject, 'all of them');
      },
    },
    {
      id: 'chat-model.failures.codes',
      rule: 'A limit of the rate, a refusal and a failure of the provider each have their code',
      anchor: 'ChatModel',
      why: 'who waits, who falls back and who gives up cannot be told apart',
      async run(t) {
        const { model, provider } = await t.open();
        const codes = new Map([
          [401, 'AIWORK_MODEL_REFUSED'],
          [429, 'AIWORK_MODEL_RATE_LIMITED'],
          [503, 'AIWORK_MODEL_UNAVAILABLE'],
        ]);
        for (const [status, code] of codes) {
          provider.play((exchange) => exchange.fail({ status, message: 'no' }));
          t.same((await failureOf(t, model, 'it')).code, code, `the code of status ${status}`);
        }
      },
    },
    {
      id: 'chat-model.failures.retry-after',
      rule: '`retryAfterMs` is what the provider asks for, in seconds or as a date, and nothing where that cannot be read',
      anchor: 'ChatModel',
      why: 'who asks too early is limited for longer; who waits for a time that was made up waits for nothing',
      async run(t) {
        const { model, provider } = await t.open();
        const date = new Date(Date.now() + 600_000).toUTCString();
        const asked = [
          ...waits,
          [date, 60_000, 600_000] as const,
          ['Thu, 01 Jan 1970 00:00:00 GMT', 0, 0] as const,
        ];
        for (const [value, least, most] of asked) {
          provider.play((exchange) => exchange.fail(rateLimited(value)));
          const { retryAfterMs } = await failureOf(t, model, 'a request of too many');
          const right =
            least === undefined ? retryAfterMs === undefined : isBetween(retryAfterMs, least, most);
          const range = least === undefined ? 'absent' : `${least} to ${most}`;
          t.that(right, `retryAfterMs for Retry-After: ${value} to be ${range}`, retryAfterMs);
        }
      },
    },
    {
      id: 'chat-model.failures.request-id',
      rule: 'An error says what the provider calls the request, also when it comes in the middle of a stream',
      anchor: 'ChatModel',
      why: 'the provider is asked about a request that nobody can name',
      async run(t) {
        const { model, provider } = await t.open();
        provider.play((exchange) => exchange.fail({ status: 500, message: 'no' }));
        const failed = await failureOf(t, model, 'a request that fails');
        t.same(failed.requestId, `req_${provider.asked}`, 'the id of the request that failed');
        provider.play(async (exchange) => {
          await exchange.begin();
          await exchange.send(exchange.events({ text: ['Hi'], reason: 'stop' })[0] ?? '');
          await exchange.send(provider.dialect.errorEvent('overloaded', 'too much'));
          exchange.end();
        });
        const streamed = await failureOf(t, model, 'a stream with an error in it');
        t.same(streamed.requestId, `req_${provider.asked}`, 'the id of the request whose stream failed');
      },
    },
    {
      id: 'chat-model.failures.cut',
      rule: 'A stream that ends anywhere before the reply is whole, in order or not, is an error that may be tried again',
      anchor: 'ChatModel',
      why: 'half an answer is taken for a whole one',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        const reply = {
          text: ['Do not ', 'delete it.'],
          toolCalls: [{ id: 'a', name: 'delete', input: ['{"path":', '"x"}'] }],
          reason: 'tool-calls',
          usage: { inputTokens: 1, outputTokens: 1 },
        } as const;
        const request = { model: model.id, system: '', turns: [], tools: [] };
        const needed = provider.dialect.wholeAfter(provider.dialect.events(reply, request));
        for (const end of ['end', 'cut'] as const) {
          for (let count = 0; count < needed; count += 1) {
            provider.play(async (exchange) => {
              await exchange.begin();
              const events = exchange.events(reply);
              for (const event of events.slice(0, count)) await exchange.send(event);
              const next = Buffer.from(events[count] ?? '');
              await exchange.send(next.subarray(0, next.length >> 1));
              exchange[end]();
            });
            const what = `a stream of ${count} of ${needed} events and a half, then ${end}()`;
            const error = await failureOf(t, model, what);
            t.same(error.retryable, true, `whether ${what} may be tried again`);
          }
        }
        await answersAgain(t, subject, 'all of them');
      },
    },
    {
      id: 'chat-model.failures.in-stream',
      rule: 'An error that the provider sends in a stream is one, and truthful about trying again',
      anchor: 'ChatModel',
      why: 'overloaded providers do that: the reply ends early and looks whole',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        for (const [kind, retryable] of [
          ['overloaded', true],
          ['invalid', false],
        ] as const) {
          provider.play(async (exchange) => {
            const events = exchange.events({ text: ['So'], reason: 'stop' });
            await exchange.begin();
            for (const event of events.slice(0, -2)) await exchange.send(event);
            await exchange.send(provider.dialect.errorEvent(kind, 'it broke'));
            exchange.end();
          });
          const error = await failureOf(t, model, `a stream with an error (${kind}) in it`);
          t.same(error.retryable, retryable, `whether that error (${kind}) is retryable`);
        }
        await answersAgain(t, subject, 'an error in a stream');
      },
    },
    {
      id: 'chat-model.failures.nonsense',
      rule: 'What is no reply is an error: parts that are no JSON or not of the format, a page, nothing at all',
      anchor: 'ChatModel',
      why: 'a proxy that answers in the place of the provider ends a run by a crash, or with an empty answer',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        const broken = ['{"choices":[', 'null', '7', '{"choices":7,"type":"content_block_delta"}'];
        for (const data of broken) {
          provider.play(async (exchange) => {
            const events = exchange.events({ text: ['So', ' what'], reason: 'stop' });
            const place = events.findIndex((event) => event.includes(' what'));
            const name = /^event: .*\n/.exec(events[place] ?? '')?.[0] ?? '';
            await exchange.begin();
            for (const event of events.with(place, `${name}data: ${data}\n\n`)) await exchange.send(event);
            exchange.end();
          });
          await failureOf(t, model, `a stream with ${data} in it`);
        }
        const page = '<html><body>Sign in to the network</body></html>';
        provider.play((exchange) => exchange.answer(200, 'text/html', page));
        await failureOf(t, model, 'a page in place of a stream');
        provider.play((exchange) => exchange.answer(200, 'text/event-stream', ''));
        await failureOf(t, model, 'nothing in place of a stream');
        provider.play((exchange) => exchange.answer(502, 'text/html', page));
        const error = await failureOf(t, model, 'a page with status 502');
        t.same(error.retryable, true, 'whether a page with status 502 is retryable');
        await answersAgain(t, subject, 'all of them');
      },
    },
    {
      id: 'chat-model.failures.unreachable',
      rule: 'A provider that cannot be reached is an error that may be tried again',
      anchor: 'ChatModel',
      why: 'no fallback is tried while a provider is away',
      async run(t) {
        const { model } = await t.open({ address: await deserted() });
        const error = await failureOf(t, model, 'a request to a provider that is away');
        t.same(error.retryable, true, 'whether it may be tried again');
        t.same(error.code, 'AIWORK_MODEL_UNAVAILABLE', 'the code of the error');
      },
    },
  ],
};

const isBetween = (value: number | undefined, least: number, most: number) =>
  value !== undefined && value >= least && value <= most;
