import { once } from 'node:events';
import { generate } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import {
  circuitBreaker,
  fallbackModel,
  hedge,
  protectModel,
  type ResilienceEvent,
  retry,
  timeout,
} from '../src/index.ts';
import { done, httpModel, say, text } from './http-model.fixture.ts';

const ask = { messages: [{ role: 'user', content: 'Go on' }] } as const;
const patient = { timeout: 60_000 } as const;

function watched() {
  const events: ResilienceEvent[] = [];
  return {
    events,
    types: () => events.map(({ type }) => type),
    options: { onEvent: (e: ResilienceEvent) => events.push(e) },
  };
}

describe('over HTTP, on a link with faults', patient, () => {
  it('asks again when the connection breaks before the first text', async () => {
    const { options, types } = watched();
    const { model, link, requests } = await httpModel('m', (response, request) => {
      if (requests.length === 1) void link.cut();
      else say(text('whole'), done)(response, request);
    });
    const { text: reply } = await generate(protectModel(model, [retry({ minDelay: 1 })], options), ask);
    expect([reply, types()]).toEqual(['whole', ['retry', 'call.succeeded']]);
  });

  it('does not begin again when it breaks after the first text was shown', async () => {
    const { options, events } = watched();
    const { model, link, requests } = await httpModel('m', say(text('half of')));
    const shown: string[] = [];
    const reading = generate(protectModel(model, [retry({ minDelay: 1 })], options), ask, {
      onChunk(chunk) {
        if (chunk.type === 'text') shown.push(chunk.text);
        void link.cut();
      },
    });
    await expect(reading).rejects.toThrow();
    expect([shown, requests.length, events]).toMatchObject([
      ['half of'],
      1,
      [{ type: 'call.failed', shown: true }],
    ]);
  });

  it('begins again after a cut where it gives replies as a whole', async () => {
    const { options } = watched();
    const { model, requests } = await httpModel('m', (response, request) => {
      if (requests.length > 1) return say(text('whole'), done)(response, request);
      say(text('half of'))(response, request);
      setImmediate(() => response.destroy());
    });
    const whole = protectModel(model, [retry({ minDelay: 1 })], { ...options, restart: 'done' });
    expect((await generate(whole, ask)).text).toBe('whole');
  });

  it('waits as long as a busy server asks it to', async () => {
    const { options, events } = watched();
    const { model, requests } = await httpModel('m', (response, request) => {
      if (requests.length > 1) return say(text('whole'), done)(response, request);
      response.writeHead(429, { 'retry-after': '1' }).end();
    });
    await generate(protectModel(model, [retry({ minDelay: 1 })], options), ask);
    expect(events[0]).toMatchObject({ type: 'retry', delayMs: 1000, error: { message: 'status 429' } });
  });

  it('gives up a server that swallows everything, and falls back', async () => {
    const { options, events } = watched();
    const silent = await httpModel('silent', say(text('never'), done));
    const other = await httpModel('other', say(text('from another'), done));
    await silent.link.blackhole();
    const bounded = protectModel(silent.model, [timeout({ firstOutput: 200 })]);
    const { text: reply } = await generate(fallbackModel([bounded, other.model], options), ask);
    expect(reply).toBe('from another');
    expect(events[0]).toMatchObject({
      type: 'fallback',
      from: 'silent',
      to: 'other',
      error: { code: 'AIWORK_CALL_TIMEOUT' },
    });
  });

  it('stops asking a server that is away, and finds it again when it is back', async () => {
    const { options } = watched();
    const { model, link, requests } = await httpModel('m', say(text('back'), done));
    const breaker = circuitBreaker({ id: 'm', minCalls: 3, openFor: 50, maxOpenFor: 50 });
    const guarded = protectModel(model, [breaker], options);
    await link.refuse();
    for (let i = 0; i < 3; i += 1) await expect(generate(guarded, ask)).rejects.toThrow('fetch failed');
    expect(breaker.phase).toBe('open');
    await link.heal();
    const reply = await generate(
      protectModel(guarded, [
        retry({ maxAttempts: 50, minDelay: 20, backoff: 'fixed', retryOn: () => true }),
      ]),
      ask,
    );
    expect([reply.text, breaker.phase, requests.length]).toEqual(['back', 'closed', 1]);
  });

  it('closes the connection of the attempt that lost', async () => {
    const { options, types } = watched();
    const closed = Promise.withResolvers<void>();
    const { model } = await httpModel('m', (response, request) => {
      if (request.url !== '/1') return say(text('quick'), done)(response, request);
      once(response, 'close').then(() => closed.resolve(), closed.reject);
    });
    expect((await generate(protectModel(model, [hedge({ after: 50 })], options), ask)).text).toBe('quick');
    await closed.promise;
    expect(types()).toEqual(['hedge', 'hedge.won', 'call.succeeded']);
  });
});
