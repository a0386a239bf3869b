import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { aiworkRoutes } from './routes.ts';
import { double, serve } from './server.fixture.ts';

/** What comes back for bytes as they are, until the server closes the connection. */
async function answerTo(url: string, bytes: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes, 'latin1');
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { head, body: JSON.parse(body) };
}

describe('what no route takes', () => {
  it.each([
    ['DELETE', '/execute', 'POST'],
    ['POST', '/status/x', 'GET, HEAD'],
    ['PROPFIND', '/executions', 'GET, HEAD'],
    ['QUERY', '/executions/x/events', 'GET'],
  ])('is answered with what would be taken there: %s %s', async (method, path, allow) => {
    const { url } = await serve();
    const { head, body } = await answerTo(
      url,
      `${method} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
    );
    expect(head).toMatch(/^HTTP\/1\.1 405 /);
    expect(head).toMatch(new RegExp(`^allow: ${allow}\r?$`, 'im'));
    expect(body).toMatchObject({ status: 405, detail: `there is no ${method} ${path}; there is ${allow}` });
  });

  it('is the head of a stream, which would be read for nobody', async () => {
    const { url } = await serve();
    const { status, headers } = await fetch(`${url}/executions/x/events`, { method: 'HEAD' });
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET' });
  });

  it('is not found where no method would be taken', async () => {
    const { get } = await serve();
    const { status, body } = await get('/status//x?y');
    expect(status).toBe(404);
    expect(body).toMatchObject({ status: 404, detail: 'there is no GET /status//x' });
  });

  it('is told from what an application has elsewhere', async () => {
    const { orchestrator } = await serve();
    const app = fastify();
    await app.register(aiworkRoutes, { prefix: '/work', orchestrator, units: [double] });
    expect((await app.inject({ method: 'GET', url: '/work/execute' })).headers['allow']).toBe('POST');
    expect((await app.inject({ method: 'GET', url: '/execute' })).statusCode).toBe(404);
    await app.close();
  });
});

describe('a body that is not JSON as it is', () => {
  it.each([
    ['a text', { 'content-type': 'text/plain' }],
    ['what is compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('is refused: %s', async (_, headers) => {
    const { url } = await serve();
    const body = '{"unit":"double","input":1}';
    const answer = await fetch(`${url}/execute`, { method: 'POST', headers, body });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ status: 415, title: 'Unsupported Media Type' });
  });

  it('is not one that says that nothing was done to it', async () => {
    const { post } = await serve();
    const { status } = await post(
      '/execute',
      { unit: 'double', input: 1 },
      { 'content-encoding': 'identity' },
    );
    expect(status).toBe(200);
  });
});

describe('a body that cannot be worked with', () => {
  it.each([
    ['no JSON', '{"unit":', 400, 'AIWORK_INVALID_ARGUMENT'],
    ['nothing', '', 400, 'AIWORK_INVALID_ARGUMENT'],
    ['what no schema takes', '{"input":1}', 400, 'AIWORK_INVALID_ARGUMENT'],
    ['far too much', `"${'x'.repeat(200)}"`, 413, 'AIWORK_LIMIT_EXCEEDED'],
  ])('is refused with a code of ours: %s', async (_, body, status, code) => {
    const { url } = await serve({ maxBodyBytes: 100 });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/execute`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({
      status,
      code,
      type: expect.stringContaining(code.toLowerCase()),
    });
  });
});

describe('what is no request', () => {
  it.each([
    ['bytes of another protocol', '\x16\x03\x01\x02\x00\x01\x00', 400],
    [
      'two lengths',
      'POST /execute HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
    ],
    ['an address that is none', 'GET /status/%FF HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
    [
      'an id that is far too long',
      `GET /status/${'x'.repeat(3000)} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
      414,
    ],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('is refused in the form of all else: %s', async (_, bytes, status) => {
    const { url } = await serve();
    const { head, body } = await answerTo(url, bytes);
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toMatch(/^content-type: application\/problem\+json(;.*)?\r?$/im);
    expect(body).toMatchObject({ type: 'about:blank', status });
  });
});
