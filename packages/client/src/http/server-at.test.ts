import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, settingsOf } from '../client-options.ts';
import { serverAt } from './server-at.ts';

type Answer = (init: RequestInit) => Response | Promise<Response>;

const anything = { what: 'anything', is: (answer: unknown): answer is unknown => answer !== undefined };
const get = { method: 'GET', path: '/status/1?a=secret' } as const;
const start = { method: 'POST', path: '/execute', body: {}, idempotencyKey: 'k' } as const;
const rerun = { method: 'POST', path: '/executions/1/rerun', body: {} } as const;

const ok = () => Response.json({ fine: true });
const refuse =
  (status: number, headers: Record<string, string> = {}, body: unknown = {}) =>
  () =>
    Response.json(body, { status, headers });
const lose = () => {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  });
};
/** As a server that took a request, and never answers. */
const never: Answer = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

/** A server that answers like this, one after the other; the last one goes on. */
function answering(answers: readonly Answer[], options: Partial<ClientOptions> = {}) {
  const sent: RequestInit[] = [];
  const settings = settingsOf({
    url: 'http://there',
    fetch: async (_, init = {}) => {
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push(init);
      return (answer ?? ok)(init);
    },
    ...options,
  });
  return { sent, server: serverAt(settings) };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** What a call comes to, when time passes as fast as it can. */
async function settle<T>(call: Promise<T>) {
  const settled = call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.runAllTimersAsync();
  return settled;
}

describe('a request', () => {
  it.each([
    ['an answer was lost', lose],
    ['there are too many', refuse(429)],
    ['the server stops', refuse(503)],
    ['a gateway has nobody behind it', refuse(502)],
    ['a gateway has waited', refuse(504)],
    ['the edge of a network reaches no server', refuse(522)],
  ])('is sent again, as it was, when %s', async (_, failure) => {
    const { server, sent } = answering([failure, failure, ok]);
    expect(await settle(server.ask(start, anything))).toEqual({ value: { fine: true } });
    expect(sent).toHaveLength(3);
    expect(sent.map(({ headers }) => new Headers(headers).get('idempotency-key'))).toEqual(['k', 'k', 'k']);
  });

  it('is sent five times at most, each time later', async () => {
    const { server, sent } = answering([lose]);
    const begun = performance.now();
    expect(await settle(server.ask(get, anything))).toMatchObject({
      error: {
        code: 'AIWORK_SERVER_UNAVAILABLE',
        message: expect.stringMatching(/^GET \/status\/1 did not reach http:\/\/there.*ECONNRESET/),
        retryable: true,
      },
    });
    expect(sent).toHaveLength(5);
    const tookMs = performance.now() - begun;
    expect(tookMs).toBeGreaterThanOrEqual(1500);
    expect(tookMs).toBeLessThanOrEqual(3000);
  });

  it('that would be done twice is sent again only where nothing was done', async () => {
    for (const failure of [lose, refuse(502), refuse(503)]) {
      const { server, sent } = answering([failure, ok]);
      expect(await settle(server.ask(rerun, anything))).toMatchObject({ error: { outcome: 'unknown' } });
      expect(sent).toHaveLength(1);
    }
    const { server, sent } = answering([refuse(429), ok]);
    expect(await settle(server.ask(rerun, anything))).toHaveProperty('value');
    expect(sent).toHaveLength(2);
  });

  it('that was refused once its answer had been lost may have been done all the same', async () => {
    const { server } = answering([lose, refuse(401, {}, { code: 'AIWORK_UNAUTHENTICATED', detail: 'no' })]);
    expect(await settle(server.ask(start, anything))).toMatchObject({
      error: { name: 'ClientError', code: 'AIWORK_UNAUTHENTICATED', status: 401, outcome: 'unknown' },
    });
    const { server: other } = answering([refuse(429), refuse(401)]);
    expect(await settle(other.ask(start, anything))).toMatchObject({ error: { outcome: 'not-applied' } });
  });

  it('is not sent when no token is to be had', async () => {
    const cause = new Error('the vault is closed');
    const { server, sent } = answering([ok], { token: () => Promise.reject(cause) });
    expect(await settle(server.ask(start, anything))).toMatchObject({
      error: { code: 'AIWORK_UNAUTHENTICATED', cause, outcome: 'not-applied' },
    });
    expect(sent).toHaveLength(0);
  });

  it.each([400, 401, 403, 404, 409, 422, 500, 501])('is not sent again after %i', async (status) => {
    const { server, sent } = answering([refuse(status), ok]);
    expect(await settle(server.ask(start, anything))).toMatchObject({ error: { status, retryable: false } });
    expect(sent).toHaveLength(1);
  });

  it('waits for as long as the server asks for', async () => {
    const { server, sent } = answering([refuse(503, { 'retry-after': '7' }), ok]);
    const begun = performance.now();
    await settle(server.ask(start, anything));
    expect(sent).toHaveLength(2);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(7000);
  });

  it('does not wait for longer than the caller has time', async () => {
    const { server, sent } = answering([refuse(429, { 'retry-after': '31' }), ok], { timeoutMs: 30_000 });
    const begun = performance.now();
    expect(await settle(server.ask(start, anything))).toMatchObject({
      error: { status: 429, retryAfterMs: 31_000, outcome: 'not-applied' },
    });
    expect(sent).toHaveLength(1);
    expect(performance.now() - begun).toBe(0);
  });

  it('is given up when the time is up', async () => {
    const { server } = answering([never], { timeoutMs: 500 });
    expect(await settle(server.ask(start, anything))).toMatchObject({
      error: {
        code: 'AIWORK_SERVER_UNAVAILABLE',
        message: 'POST /execute was not answered within 500 ms',
        outcome: 'unknown',
      },
    });
  });

  it('is given up at once when its caller gives it up', async () => {
    const { server, sent } = answering([never]);
    const asked = server.ask({ ...start, signal: AbortSignal.abort('early') }, anything);
    expect(await settle(asked)).toMatchObject({
      error: { code: 'AIWORK_CANCELLED', cause: 'early', outcome: 'not-applied' },
    });
    expect(sent).toHaveLength(0);
    const stopping = new AbortController();
    const waiting = server.ask({ ...start, signal: stopping.signal }, anything);
    stopping.abort('later');
    await expect(waiting).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'unknown' });
  });

  it('is given up while it waits for its next attempt, too', async () => {
    const { server, sent } = answering([refuse(503, { 'retry-after': '20' })]);
    const stopping = new AbortController();
    const asked = settle(server.ask({ ...start, signal: stopping.signal }, anything));
    stopping.abort();
    expect(await asked).toMatchObject({ error: { code: 'AIWORK_CANCELLED' } });
    expect(sent.length).toBeLessThanOrEqual(1);
  });
});

describe('a refusal', () => {
  it('carries the code, the fields, and where to look in the log', async () => {
    const errors = [{ pointer: '/input', detail: 'is no number' }, { pointer: 7 }, null];
    const problem = { code: 'AIWORK_INVALID_INPUT', detail: 'the input is invalid', errors };
    const { server } = answering([refuse(422, { 'x-request-id': 'req-1' }, problem)]);
    expect(await settle(server.ask(start, anything))).toMatchObject({
      error: {
        code: 'AIWORK_INVALID_INPUT',
        message: 'the input is invalid',
        status: 422,
        requestId: 'req-1',
        outcome: 'not-applied',
        fields: [{ pointer: '/input', detail: 'is no number' }],
      },
    });
  });

  it.each([
    ['HTML', 404, '<html>no such page</html>', 'AIWORK_SERVER_REFUSED'],
    ['JSON of another form', 400, '{"detail":{"loc":[]},"code":7}', 'AIWORK_SERVER_REFUSED'],
    ['a code that is not ours', 413, '{"code":"FST_ERR_CTP_BODY_TOO_LARGE"}', 'AIWORK_SERVER_REFUSED'],
    ['nothing', 500, '', 'AIWORK_SERVER_FAILED'],
    ['null', 500, 'null', 'AIWORK_SERVER_FAILED'],
  ])('may come from something else that stands before the server, with %s', async (_, status, body, code) => {
    const { server } = answering([() => new Response(body, { status })]);
    expect(await settle(server.ask(get, anything))).toMatchObject({
      error: { code, status, message: `GET /status/1 is answered with ${status}`, fields: [] },
    });
  });

  it('is what a redirect is: a token does not follow it', async () => {
    const { server, sent } = answering([refuse(307, { location: 'https://elsewhere/' })], { token: 't' });
    expect(await settle(server.ask(start, anything))).toMatchObject({
      error: { code: 'AIWORK_SERVER_INVALID_ANSWER', message: expect.stringContaining('https://elsewhere/') },
    });
    expect(sent[0]).toMatchObject({ redirect: 'manual' });
  });
});

describe('an answer', () => {
  it.each(['<html>', '', '7'])('that is none of a server of ours is said to be none: %j', async (body) => {
    const { server } = answering([() => new Response(body)]);
    const execution = { what: 'execution', is: (answer: unknown): answer is object => answer === null };
    expect(await settle(server.ask(get, execution))).toMatchObject({
      error: {
        code: 'AIWORK_SERVER_INVALID_ANSWER',
        message:
          'the answer to GET /status/1 is no execution: is it @aiwork/server that listens at http://there?',
      },
    });
  });

  it('that breaks off in its middle is asked for again', async () => {
    const half = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"fine":'));
            controller.error(new TypeError('terminated'));
          },
        }),
      );
    const { server, sent } = answering([half, ok]);
    expect(await settle(server.ask(get, anything))).toEqual({ value: { fine: true } });
    expect(sent).toHaveLength(2);
  });
});
