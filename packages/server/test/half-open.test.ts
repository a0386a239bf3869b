import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Execution } from '@aiwork/client';
import { describe, expect, it } from 'vitest';
import { ask, type ServerProcess, startServer } from './server-process.fixture.ts';

const sockets = 1000;

/** What clients send that go no further. */
const beginnings = [
  '',
  'POST /exe',
  'POST /execute HTTP/1.1\r\nhost: target\r\nx: ',
  'POST /execute HTTP/1.1\r\nhost: target\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n',
  'POST /execute HTTP/1.1\r\nhost: target\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"unit":',
  'POST /execute HTTP/1.1\r\nhost: target\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{"',
];

async function halfOpen({ port }: ServerProcess, index: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(beginnings[index % beginnings.length] ?? '');
  return socket;
}

const double = async (server: ServerProcess) =>
  (await ask<Execution>(server, '/execute', { unit: 'double', input: 21 })).output;

describe('a server to which 1,000 clients begin to say something', () => {
  it('answers others meanwhile, closes them in time, and keeps nothing of them', {
    timeout: 300_000,
  }, async () => {
    await using server = await startServer({ requestTimeoutMs: 3000 });
    const idle = (await server.facts()).resources;
    // What is compiled and cached once is there before the measurement.
    const first = await Promise.all(beginnings.map((_, i) => halfOpen(server, i)));
    await Promise.all(first.map((socket) => closed(socket)));
    const before = await server.facts();

    const open = await Promise.all(Array.from({ length: sockets }, (_, i) => halfOpen(server, i)));
    expect(await double(server)).toBe(42);
    const answers = await Promise.all(open.map((socket) => closed(socket)));

    expect(new Set(answers.filter((answer) => answer !== ''))).toEqual(
      new Set(['HTTP/1.1 408 Request Timeout']),
    );
    expect(await double(server)).toBe(42);
    const after = await server.facts();
    expect(after.uncaught).toEqual([]);
    expect(after.failures).toEqual([]);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(3 * 1024 * 1024);
    await expect.poll(async () => (await server.facts()).resources, { timeout: 30_000 }).toEqual(idle);
  });
});

/** The first line of what a connection was told, when the server has closed it. */
async function closed(socket: Socket): Promise<string> {
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  if (!socket.closed) await once(socket, 'close');
  return received.split('\r\n')[0] ?? '';
}
