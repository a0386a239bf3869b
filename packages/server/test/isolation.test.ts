import { createOrchestrator } from '@aiwork/core';
import fc from 'fast-check';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { apiKeys, createServer, newApiKey } from '../src/index.ts';
import { richUnits } from './rich-units.fixture.ts';

const startable = ['approve', 'echo', 'double', 'fail'] as const;
const inputs = { approve: { amount: 1, for: 'tea' }, echo: 'a secret', double: 21, fail: 'a secret' };

interface Start {
  readonly by: number;
  readonly unit: (typeof startable)[number];
  readonly tag: string;
  readonly key?: string;
}

const scope = fc
  .tuple(fc.constantFrom('*', ...startable), fc.constantFrom('read', 'execute', 'control', '*'))
  .map(([unit, action]) => `${unit}:${action}`);
const principals = fc.array(fc.array(scope, { maxLength: 3 }), { minLength: 2, maxLength: 4 });
const starts = fc.array(
  fc.record(
    {
      by: fc.nat(3),
      unit: fc.constantFrom(...startable),
      tag: fc.constantFrom('a', 'b'),
      key: fc.constantFrom('k1', 'k2'),
    },
    { requiredKeys: ['by', 'unit', 'tag'] },
  ),
  { minLength: 1, maxLength: 8 },
);

/** Somebody who asks. */
interface Client {
  ask(
    method: string,
    url: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
  readonly key: string;
  /** Ids of the executions that it started. */
  readonly own: Set<string>;
}

function clientOf(app: FastifyInstance, key: string): Client {
  return {
    key,
    own: new Set(),
    ask: (method, url, body, headers = {}) =>
      app.inject({
        method: method as 'GET',
        url,
        headers: { ...headers, 'x-api-key': key },
        ...(body && { body }),
      }),
  };
}

/** What is sent to each route about one execution, whichever those are. */
function requestsAbout(app: FastifyInstance): readonly { method: string; path: string; body?: object }[] {
  const { paths = {} } = app.swagger() as {
    paths?: Record<string, Record<string, { requestBody?: object }>>;
  };
  return Object.entries(paths)
    .filter(([path]) => path.includes('{execution_id}'))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path: path.replace('{step_id}', 'may'),
        ...(requestBody && { body: path.includes('signals') ? { payload: { yes: true, by: 'eve' } } : {} }),
      })),
    );
}

/** All that an answer says, but for what is another each time, and the name of what was asked for. */
function said({ statusCode, headers, body }: LightMyRequestResponse, name: string) {
  const { date: _, 'x-request-id': __, ...rest } = headers;
  return JSON.stringify([statusCode, rest, body]).replaceAll(name, 'NAME');
}

const unknown = (unit: string) => `q${unit.slice(1)}`;

const missing = (id: string) => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;

async function serveTo(scopesOfEach: readonly (readonly string[])[]) {
  const made = scopesOfEach.map((scopes, i) => ({ ...newApiKey(), id: `p${i}`, scopes }));
  const orchestrator = createOrchestrator({ units: richUnits });
  const server = await createServer({
    orchestrator,
    units: richUnits,
    maxWaitMs: 50,
    auth: [apiKeys(made.map(({ id, scopes, hash }) => ({ id, scopes, hash })))],
  });
  return {
    app: server.app,
    clients: made.map(({ key }) => clientOf(server.app, key)),
    async [Symbol.asyncDispose]() {
      await server.close();
      await orchestrator.close();
    },
  };
}

async function start(client: Client, { unit, tag, key }: Start): Promise<void> {
  const body = { unit, input: inputs[unit], tags: [tag] };
  const answer = await client.ask('POST', '/execute-async', body, key ? { 'idempotency-key': key } : {});
  if (answer.statusCode === 202) client.own.add(answer.json().executionId);
}

/** All pages of a list. */
async function listed(client: Client, query: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const answer = await client.ask('GET', `/executions?limit=2${query}${cursor}`);
    expect(answer.statusCode).toBe(200);
    const page = answer.json();
    ids.push(...page.items.map(({ executionId }: { executionId: string }) => executionId));
    if (page.cursor === undefined) return ids;
    cursor = `&cursor=${encodeURIComponent(page.cursor)}`;
  }
}

describe('an execution of one principal', () => {
  it('is for all others, on every route, as one that does not exist', { timeout: 300_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(principals, starts, async (scopesOfEach, wanted) => {
        await using served = await serveTo(scopesOfEach);
        const { app, clients } = served;
        for (const each of wanted) await start(clients[each.by % clients.length] as Client, each);
        const requests = requestsAbout(app);
        expect(requests.length).toBeGreaterThanOrEqual(6);
        for (const owner of clients) {
          for (const id of owner.own) {
            expect((await owner.ask('GET', `/status/${id}`)).statusCode).toBe(200);
            for (const other of clients.filter((each) => each !== owner)) {
              for (const { method, path, body } of requests) {
                const real = await other.ask(method, path.replace('{execution_id}', id), body);
                const none = await other.ask(method, path.replace('{execution_id}', missing(id)), body);
                expect(real.statusCode).toBe(404);
                expect(said(real, id)).toBe(said(none, missing(id)));
                compared += 1;
              }
            }
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  it('is in no list of another, whatever the filter and whoever made the cursor', {
    timeout: 300_000,
  }, async () => {
    const filters = [
      '',
      '&tag=a',
      '&unit=double',
      '&unit=approve&tag=b',
      '&status=waiting',
      '&status=succeeded',
    ];
    await fc.assert(
      fc.asyncProperty(
        principals,
        starts,
        fc.constantFrom(...filters),
        async (scopesOfEach, wanted, filter) => {
          await using served = await serveTo(scopesOfEach);
          const { clients } = served;
          for (const each of wanted) await start(clients[each.by % clients.length] as Client, each);
          for (const client of clients) {
            for (const id of await listed(client, filter)) expect(client.own).toContain(id);
            expect(new Set(await listed(client, ''))).toEqual(client.own);
            const { cursor } = (await client.ask('GET', `/executions?limit=1${filter}`)).json();
            if (cursor === undefined) continue;
            for (const other of clients) {
              const taken = await other.ask('GET', `/executions?cursor=${encodeURIComponent(cursor)}`);
              const items = taken.statusCode === 200 ? taken.json().items : [];
              for (const { executionId } of items) expect(other.own).toContain(executionId);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('shows to nobody the tags by which this is kept', async () => {
    await using served = await serveTo([['*:*']]);
    const [client] = served.clients as [Client];
    await start(client, { by: 0, unit: 'double', tag: 'a', key: 'k1' });
    const [id = ''] = client.own;
    for (const path of [`/status/${id}`, `/executions/${id}/events`, '/executions']) {
      const { statusCode, body } = await client.ask('GET', path);
      expect(statusCode).toBe(200);
      expect(body).toContain(id);
      expect(body).not.toContain('aiwork:');
    }
  });

  it('is not watched by another over WebSocket', async () => {
    await using served = await serveTo([['*:*'], ['*:*']]);
    const { app, clients } = served;
    const [ada, eve] = clients as [Client, Client];
    await start(ada, { by: 0, unit: 'approve', tag: 'a' });
    const [id = ''] = ada.own;
    const watch = (who: Client, what: string) =>
      app.injectWS(`/executions/${what}/events`, { headers: { 'x-api-key': who.key } });
    (await watch(ada, id)).terminate();
    await expect(watch(eve, id)).rejects.toThrow('404');
    await expect(watch(eve, missing(id))).rejects.toThrow('404');
  });

  it('is not what another gets for the same idempotency key', async () => {
    await using served = await serveTo([['*:*'], ['*:*']]);
    const [ada, eve] = served.clients as [Client, Client];
    const first: Start = { by: 0, unit: 'approve', tag: 'a', key: 'k1' };
    await start(ada, first);
    await start(eve, first);
    await start(eve, first);
    expect([ada.own.size, eve.own.size]).toEqual([1, 1]);
    expect([...eve.own]).not.toEqual([...ada.own]);
  });
});

describe('a unit that somebody may not see', () => {
  it('is, on every route, as one that does not exist', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(scope, { maxLength: 3 }), async (scopes) => {
        await using served = await serveTo([scopes]);
        const [client] = served.clients as [Client];
        const sees = (unit: string) =>
          scopes.some((each) => each.startsWith(`${unit}:`) || each.startsWith('*:'));
        for (const { id, kind } of richUnits.filter((unit) => !sees(unit.id))) {
          const ask = (name: string) => [
            client.ask('POST', '/execute', { unit: name, input: 1 }),
            client.ask('POST', '/execute-async', { unit: name, input: 1 }),
            client.ask('GET', `/flows/${name}/graph`),
            client.ask('GET', `/executions?unit=${name}`),
            client.ask('GET', `/${kind}s`),
          ];
          const [real, none] = [await Promise.all(ask(id)), await Promise.all(ask(unknown(id)))];
          expect(real.map((answer) => said(answer, id))).toEqual(
            none.map((answer) => said(answer, unknown(id))),
          );
          const list = real.at(-1)?.json().items as readonly { id: string }[];
          expect(list.map((unit) => unit.id)).not.toContain(id);
        }
      }),
      { numRuns: 25 },
    );
  });
});
