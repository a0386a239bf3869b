import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AirflowClient, airflowClient } from './airflow-client.ts';
import type { AirflowClientOptions } from './client-options.ts';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as Airflow 3 might on a bad day. */
async function clientOf(
  respond: Respond,
  options: Partial<AirflowClientOptions> = {},
): Promise<AirflowClient> {
  const server = createServer((request, response) => {
    if (request.url === '/api/v2/version') response.end('{"version":"3.3.2"}');
    else respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return airflowClient({ url: `http://127.0.0.1:${port}`, ...options });
}

const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
const run = (state: string) => ({ dag_id: 'dag', dag_run_id: 'run', state, conf: {} });

describe('airflowClient', () => {
  it.each([
    ['no url', { url: 'airflow' }, 'url is no address'],
    ['another protocol', { url: 'ftp://airflow' }, 'url is no address'],
    ['credentials in the url', { url: 'https://me:hunter2@airflow' }, 'url holds credentials'],
    ['a query', { url: 'https://airflow?a=hunter2' }, 'url has a query'],
    ['a name alone', { url: 'https://airflow', username: 'me' }, 'one is missing'],
    [
      'a password and a token',
      { url: 'https://airflow', password: 'hunter2', token: 'hunter2' },
      'give one of them',
    ],
    ['no time', { url: 'https://airflow', requestTimeoutMs: 0 }, 'requestTimeoutMs is 0'],
    [
      'an option that there is not',
      { url: 'https://airflow', pasword: 'hunter2' },
      'there is no option "pasword"',
    ],
  ])('refuses %s', (_, options, message) => {
    const call = () => airflowClient(options as AirflowClientOptions);
    expect(call).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
    expect(call).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });

  it('says that a server is busy, for how long, and whether a run may have been triggered', async () => {
    const client = await clientOf((request, response) =>
      json(response, request.method === 'POST' ? 502 : 429, { detail: 'slow down' }, { 'retry-after': '7' }),
    );
    await expect(client.run('dag', 'run')).rejects.toMatchObject({
      code: 'AIWORK_AIRFLOW_UNAVAILABLE',
      retryable: true,
      retryAfterMs: 7000,
      message: expect.stringContaining('429: slow down'),
    });
    await expect(client.trigger('dag', { runId: 'run' })).rejects.toMatchObject({
      retryable: true,
      outcome: 'unknown',
    });
  });

  it('ends in bounded time, and says where it asked', async () => {
    const client = await clientOf(() => {}, { requestTimeoutMs: 50 });
    await expect(client.run('dag', 'run')).rejects.toMatchObject({
      code: 'AIWORK_AIRFLOW_UNAVAILABLE',
      message: expect.stringMatching(
        /^GET \/api\/v2\/dags\/dag\/dagRuns\/run of http:.* did not answer within 50 ms$/,
      ),
    });
    const gone = airflowClient({ url: 'http://127.0.0.1:9' });
    await expect(gone.version()).rejects.toMatchObject({
      code: 'AIWORK_AIRFLOW_UNAVAILABLE',
      message: expect.stringMatching(/cannot be reached: .+/),
    });
  });

  it('is cancelled by its signal', async () => {
    const client = await clientOf(() => {});
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(client.run('dag', 'run', { signal })).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
      cause: reason,
    });
    const controller = new AbortController();
    const asking = client.run('dag', 'run', { signal: controller.signal });
    controller.abort(reason);
    await expect(asking).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', cause: reason });
    // The one before leaves nothing behind that is cancelled.
    expect(await client.version()).toBe('3.3.2');
  });

  it('reads no more of an answer than it is to', async () => {
    const client = await clientOf(
      (_, response) => json(response, 200, { ...run('success'), filler: 'x'.repeat(5000) }),
      {
        maxAnswerBytes: 1000,
      },
    );
    await expect(client.run('dag', 'run')).rejects.toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED' });
  });

  it('takes its credentials nowhere else', async () => {
    const client = await clientOf((_, response) => {
      response.writeHead(302, { location: 'https://elsewhere.example' });
      response.end();
    });
    await expect(client.run('dag', 'run')).rejects.toMatchObject({
      code: 'AIWORK_AIRFLOW_REFUSED',
      message: expect.stringContaining('it wants to be asked elsewhere'),
    });
  });

  it.each([
    ['a page', '<html>'],
    ['a list', '[]'],
    ['another state', JSON.stringify(run('dancing'))],
    ['nothing', ''],
  ])('says so when the answer is %s', async (_, body) => {
    const client = await clientOf((__, response) => response.end(body));
    await expect(client.run('dag', 'run')).rejects.toMatchObject({ code: 'AIWORK_AIRFLOW_UNEXPECTED' });
  });

  it('shows no password, even if the server does', async () => {
    const password = 'hunter2-of-the-client';
    const client = await clientOf(
      (_, response) => json(response, 403, { detail: `${password} is not it. ${'x'.repeat(900)}` }),
      {
        username: 'me',
        password,
      },
    );
    const error = await client.run('dag', 'run').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining('signing in as "me"') });
    expect(inspect([error, client], { depth: 9, showHidden: true })).not.toContain(password);
    expect(String(error).length).toBeLessThan(600);
  });

  it('signs in again when its token has run out, and fetches one for many', async () => {
    const given: (string | undefined)[] = [];
    let tokens = 0;
    const client = await clientOf(
      (request, response) => {
        if (request.url === '/auth/token') {
          tokens += 1;
          return json(response, 201, { access_token: `token-${tokens}` });
        }
        given.push(request.headers.authorization);
        return json(
          response,
          request.headers.authorization === 'Bearer token-1' && given.length > 2 ? 401 : 200,
          run('running'),
        );
      },
      { username: 'me', password: 'secret' },
    );
    await Promise.all([client.run('dag', 'run'), client.run('dag', 'run')]);
    await client.run('dag', 'run');
    expect(given).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('asks for a token of one\u2019s own for each request', async () => {
    const given: (string | undefined)[] = [];
    let count = 0;
    const client = await clientOf(
      (request, response) => {
        given.push(request.headers.authorization);
        json(response, 200, run('running'));
      },
      { token: async () => `own-${++count}` },
    );
    await client.run('dag', 'run');
    await client.run('dag', 'run');
    expect(given).toEqual(['Bearer own-1', 'Bearer own-2']);
  });

  it('follows over all pages of tasks, and over a time in which Airflow is away', async () => {
    let looks = 0;
    const client = await clientOf((request, response) => {
      const url = new URL(request.url ?? '', 'http://airflow');
      if (!url.pathname.endsWith('/taskInstances')) {
        looks += 1;
        if (looks === 2) return json(response, 503, {});
        return json(response, 200, run(looks > 2 ? 'success' : 'running'));
      }
      const offset = Number(url.searchParams.get('offset'));
      const all = Array.from({ length: 250 }, (_, n) => ({
        task_id: `t${n}`,
        map_index: -1,
        state: 'success',
        try_number: 1,
      }));
      return json(response, 200, { task_instances: all.slice(offset, offset + 100), total_entries: 250 });
    });
    const changes = [];
    for await (const change of client.follow('dag', 'run', { minDelayMs: 1, maxDelayMs: 5 }))
      changes.push(change);
    expect(changes).toHaveLength(252);
    expect(changes.filter(({ type }) => type === 'run')).toEqual([
      { type: 'run', state: 'running' },
      { type: 'run', state: 'success' },
    ]);
  });

  it('gives up following when Airflow stays away', async () => {
    const client = await clientOf((_, response) => json(response, 503, {}));
    const following = client
      .follow('dag', 'run', { minDelayMs: 1, maxDelayMs: 5, patienceMs: 30 })
      [Symbol.asyncIterator]();
    await expect(following.next()).rejects.toMatchObject({ code: 'AIWORK_AIRFLOW_UNAVAILABLE' });
  });
});
