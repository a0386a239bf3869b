import { createOrchestrator } from '@aiwork/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { createServer } from '../create-server.ts';
import { double, serve } from '../server.fixture.ts';
import { askForSocket } from '../stream/ask-for-socket.fixture.ts';

vi.setConfig({ testTimeout: 60_000 });

const patience = { timeout: 30_000 };

/** Two principals that wait for what only they are told of, and may have so many streams each. */
async function twoWatchers(maxStreams: number) {
  const [ofAda, ofBob] = [newApiKey(), newApiKey()];
  const [ada, bob] = [{ 'x-api-key': ofAda.key }, { 'x-api-key': ofBob.key }];
  const scopes = ['*:*'];
  const auth = [
    apiKeys([
      { id: 'ada', scopes, hash: ofAda.hash },
      { id: 'bob', scopes, hash: ofBob.hash },
    ]),
  ];
  const { url, post } = await serve({ auth, maxStreams });
  const begin = async (who: Headers) => {
    const { body } = await post('/execute-async', { unit: 'ask', input: { name: 'Ada', n: 1 } }, who);
    return `/executions/${body.executionId}/events`;
  };
  async function watch(path: string, headers: Headers) {
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const response = await fetch(`${url}${path}`, { headers, signal: gone.signal });
    return { response, status: response.status, leave: () => gone.abort() };
  }
  const ask = (path: string, headers: Headers) => askForSocket(url, path, headers);
  return { ada, bob, paths: { ada: await begin(ada), bob: await begin(bob) }, watch, ask };
}

type Headers = Readonly<Record<string, string>>;

describe('streams of events', () => {
  it('are as many as each principal may have, and say when to come back', async () => {
    const { ada, bob, paths, watch } = await twoWatchers(2);
    expect([(await watch(paths.ada, ada)).status, (await watch(paths.ada, ada)).status]).toEqual([200, 200]);
    const { response, status } = await watch(paths.ada, ada);
    expect({ status, wait: response.headers.get('retry-after') }).toEqual({ status: 429, wait: '5' });
    expect(await response.json()).toMatchObject({
      code: 'AIWORK_RATE_LIMITED',
      detail:
        '2 of your streams of events are open, which is as many as may be: close one, or wait until one ends',
    });
    expect((await watch(paths.bob, bob)).status).toBe(200);
  });

  it('give their place back when they are left, and those that are refused take none', async () => {
    const { ada, paths, watch } = await twoWatchers(1);
    const first = await watch(paths.ada, ada);
    for (let i = 0; i < 3; i++) expect((await watch(paths.ada, ada)).status).toBe(429);
    expect((await watch('/executions/nobody/events', ada)).status).toBe(404);
    first.leave();
    await expect.poll(async () => (await watch(paths.ada, ada)).status, patience).toBe(200);
  });

  it('are counted over WebSocket, too', async () => {
    const { ada, paths, watch, ask } = await twoWatchers(1);
    const socket = await ask(paths.ada, ada);
    expect(socket.status).toBe(101);
    expect((await ask(paths.ada, ada)).status).toBe(429);
    expect((await watch(paths.ada, ada)).status).toBe(429);
    socket.socket.destroy();
    await expect.poll(async () => (await ask(paths.ada, ada)).status, patience).toBe(101);
  });

  it('are no more for all those that are asked for at once', async () => {
    const { ada, paths, watch } = await twoWatchers(3);
    const answers = await Promise.all(Array.from({ length: 12 }, () => watch(paths.ada, ada)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it('are at least one', async () => {
    await using orchestrator = createOrchestrator();
    await expect(createServer({ orchestrator, units: [double], maxStreams: 0 })).rejects.toThrow(
      'maxStreams is 0',
    );
  });
});
