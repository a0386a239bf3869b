import { describe, expect, it } from 'vitest';
import { boundedResponse } from './bounded-response.ts';

/** A response of endless chunks like this one; says how many were taken. */
function endless(chunk: string, type: string) {
  const taken = { chunks: 0, isOver: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.chunks += 1;
      controller.enqueue(new TextEncoder().encode(chunk));
    },
    cancel() {
      taken.isOver = true;
    },
  });
  return { taken, response: new Response(body, { status: 201, headers: { 'content-type': type } }) };
}

describe('a response', () => {
  it.each([
    ['JSON', 'application/json', 'x'.repeat(100)],
    ['JSON in lines', 'application/json', `${'x'.repeat(99)}\n`],
    ['an event', 'text/event-stream', 'x'.repeat(100)],
  ])('breaks off where a message is larger than it may be: %s', async (_, type, chunk) => {
    const { response, taken } = endless(chunk, type);
    const bounded = boundedResponse(response, 1000);
    expect(bounded.status).toBe(201);
    expect(bounded.headers.get('content-type')).toBe(type);
    await expect(bounded.text()).rejects.toThrow('its message has more than 1000 bytes');
    expect(taken.chunks).toBeLessThan(20);
    expect(taken.isOver).toBe(true);
  });

  it('may have any number of events', async () => {
    const { response } = endless(`data: ${'x'.repeat(600)}\n\n`, 'text/event-stream');
    const reader = boundedResponse(response, 1000).body?.getReader();
    for (let i = 0; i < 100; i += 1) expect((await reader?.read())?.value).toHaveLength(608);
    await reader?.cancel();
  });

  it('may have no body', () => {
    const response = new Response(null, { status: 202 });
    expect(boundedResponse(response, 1)).toBe(response);
  });
});
