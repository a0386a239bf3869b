import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fastify } from 'fastify';
import { expect, it, onTestFinished, vi } from 'vitest';
import { cutOffStalled } from './cut-off-stalled.ts';

vi.setConfig({ testTimeout: 60_000 });

const stallMs = 1000;
/** More than the buffers of two sockets take. */
const large = 'x'.repeat(64 * 1024 * 1024);

async function serveLarge() {
  const app = fastify();
  cutOffStalled(app, { stallMs });
  app.get('/text', () => large);
  app.get('/stream', () =>
    Readable.from([large.slice(0, large.length / 2), large.slice(0, large.length / 2)]),
  );
  app.get('/late', async () => {
    await sleep(2 * stallMs);
    return large;
  });
  await app.listen();
  onTestFinished(() => app.close());
  const address = app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
  const connections = () =>
    new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)));
  return { port: address.port, connections };
}

it.each(['/text', '/stream'])('lets a client go that takes nothing of an answer: %s', async (path) => {
  const { port, connections } = await serveLarge();
  const socket = connect(port, 'localhost');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
  await once(socket, 'connect');
  await expect.poll(connections).toBe(1);
  await expect.poll(connections, { timeout: 30_000 }).toBe(0);
});

it('lets go of nobody who only asks late for more', async () => {
  const { port, connections } = await serveLarge();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ask = async () => {
    const [response] = await once(get({ port, host: 'localhost', path: '/text', agent }), 'response');
    return (await text(response)).length;
  };
  expect(await ask()).toBe(large.length);
  await sleep(2 * stallMs);
  expect(await connections()).toBe(1);
  expect(await ask()).toBe(large.length);
});

it.each(['/text', '/stream', '/late'])('gives all to one that takes it: %s', async (path) => {
  const { port } = await serveLarge();
  const socket = connect(port, 'localhost');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  expect((await text(socket)).length).toBeGreaterThan(large.length);
});
