import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createConnection } from './connection.ts';

/** A connection with a server that takes requests, and answers none. */
async function silentServer() {
  const asked = Promise.withResolvers<void>();
  const silent = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const connection = createConnection({
    name: 'silent',
    server: { url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp` },
    connectTimeoutMs: 60_000,
    maxMessageBytes: 1000,
    onToolsChanged() {},
  });
  onTestFinished(async () => {
    await connection.close();
    silent.closeAllConnections();
    silent.close();
  });
  return { connection, asked: asked.promise };
}

it('lets a call go that is cancelled while its server is still being reached', async () => {
  const { connection, asked } = await silentServer();
  const stopping = new AbortController();
  const called = connection.call({
    name: 'tool',
    input: {},
    idempotencyKey: 'k',
    onProgress() {},
    signal: stopping.signal,
  });
  await asked;
  stopping.abort('enough');
  await expect(called).rejects.toMatchObject({
    code: 'AIWORK_CANCELLED',
    cause: 'enough',
    outcome: 'not-applied',
  });
});

it('gives up what it is reaching for when it is closed', async () => {
  const { connection, asked } = await silentServer();
  const connected = connection.connect(new AbortController().signal);
  await asked;
  await Promise.all([connection.close(), expect(connected).rejects.toThrow('was closed')]);
});
