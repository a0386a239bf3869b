import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOrchestrator } from '@aiwork/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { metaFields } from '../meta-fields.ts';
import type { McpAccess, McpAction } from './access.ts';
import { eras, serve, textOf, units } from './serve.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

const scopes: Readonly<Record<string, readonly `${string}:${McpAction}`[]>> = {
  ada: ['ask:read', 'ask:execute', 'ask:control', 'add:execute', 'nested:execute', 'nested:read'],
  bob: ['ask:read', 'ask:execute', 'ask:control', 'add:execute', 'nested:read', 'nested:control'],
  reader: ['ask:read', 'ask:execute'],
};

function access({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): McpAccess | undefined {
  const who = String(headers['authorization'] ?? '').replace('Bearer ', '');
  const own = scopes[who];
  if (who === 'broken') throw new Error('the issuer of tokens is away');
  return own && { ownerTag: `owner=${who}`, mayDo: (unit, action) => own.includes(`${unit}:${action}`) };
}

const as = (who: string) => ({ headers: { authorization: `Bearer ${who}` } });

describe.each(eras)('where %s clients say who they are', (era) => {
  it('lists and calls what they may run, and nothing else', async () => {
    const { connect } = await serve({ access });
    const ada = await connect(era, as('ada'));
    expect((await ada.listTools()).tools.slice(0, 3).map(({ name }) => name)).toEqual([
      'add',
      'ask',
      'nested',
    ]);
    expect((await ada.callTool({ name: 'add', arguments: { a: 1, b: 1 } })).structuredContent).toEqual({
      sum: 2,
    });
    await expect(ada.callTool({ name: 'double', arguments: { input: 1 } })).rejects.toThrow(
      'there is no tool "double"',
    );
  });

  it('shows nobody the runs of another, and lets nobody answer or stop them', async () => {
    const { connect, orchestrator } = await serve({ access });
    const [ada, bob] = [await connect(era, as('ada')), await connect(era, as('bob'))];
    const asked = await ada.callTool({ name: 'ask', arguments: { name: 'Ada' } });
    const run = String(asked._meta?.[metaFields.runId]);
    const step = { step: 'may', payload: { yes: true } };
    for (const [name, more] of [
      ['aiwork_run', {}],
      ['aiwork_answer', step],
      ['aiwork_cancel', {}],
    ] as const) {
      const refused = await bob.callTool({ name, arguments: { run, ...more } });
      expect(textOf(refused), name).toBe(`there is no run "${run}" (AIWORK_RUN_NOT_FOUND)`);
    }
    await expect(bob.readResource({ uri: `aiwork://runs/${run}` })).rejects.toThrow();
    expect((await bob.listResources()).resources.map(({ uri }) => uri)).toEqual([
      'aiwork://flows/ask',
      'aiwork://flows/nested',
    ]);
    expect((await ada.listResources()).resources).toHaveLength(3);
    expect((await orchestrator.get(run))?.status).toBe('waiting');
    expect(textOf(await ada.callTool({ name: 'aiwork_answer', arguments: { run, ...step } }))).toBe('done');
  });

  it('shows nobody the runs that the run of another has started', async () => {
    const { connect } = await serve({ access });
    const [ada, bob] = [await connect(era, as('ada')), await connect(era, as('bob'))];
    const asked = await ada.callTool({ name: 'nested', arguments: {} });
    const answer = { run: `${asked._meta?.[metaFields.runId]}.inner`, step: 'may', payload: { yes: true } };
    const call = { name: 'aiwork_answer', arguments: answer };
    expect(textOf(await bob.callTool(call))).toContain('AIWORK_RUN_NOT_FOUND');
    expect(textOf(await ada.callTool(call))).toContain('AIWORK_FORBIDDEN');
  });

  it('keeps keys of one apart from those of another', async () => {
    const { connect } = await serve({ access });
    const call = async (who: string) => {
      const client = await connect(era, as(who));
      const result = await client.callTool({
        name: 'add',
        arguments: { a: 1, b: 2 },
        _meta: { [metaFields.idempotencyKey]: 'k' },
      });
      return result._meta?.[metaFields.runId];
    };
    expect(await call('ada')).not.toBe(await call('bob'));
  });

  it('asks for answers only those who may give them', async () => {
    const { connect } = await serve({ access });
    const reader = await connect(era, { ...as('reader'), capabilities: { elicitation: { form: {} } } });
    let asked = 0;
    reader.setRequestHandler('elicitation/create', () => {
      asked += 1;
      return { action: 'accept', content: { yes: true } };
    });
    const left = await reader.callTool({ name: 'ask', arguments: { name: 'Ada' } });
    const run = String(left._meta?.[metaFields.runId]);
    const refused = await reader.callTool({
      name: 'aiwork_answer',
      arguments: { run, step: 'may', payload: {} },
    });
    expect(textOf(refused)).toContain('AIWORK_FORBIDDEN');
    expect(asked).toBe(0);
  });

  it('turns away who is not known, and who cannot be known now', async () => {
    const { connect } = await serve({ access });
    await expect(connect(era, as('mallory'))).rejects.toThrow(/401|Unauthorized|no token/);
    await expect(connect(era, as('broken'))).rejects.toThrow(/503|cannot be told/);
  });
});

const post = (url: URL, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

/** Opens a session, as clients with sessions do, and gives its id. */
async function openSession(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await post(url, initialize, headers);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

describe('a session', () => {
  it('is of use to nobody but whose it is', async () => {
    const { url } = await serve({ access });
    const id = await openSession(url, as('ada').headers);
    const withSession = (who: string) => post(url, list, { ...as(who).headers, 'mcp-session-id': id });
    expect((await withSession('ada')).status).toBe(200);
    expect((await withSession('bob')).status).toBe(404);
    expect((await withSession('mallory')).status).toBe(401);
  });

  it('makes room for a new one when it is the idlest', async () => {
    const { url } = await serve({ maxSessions: 2 });
    const [first, second] = [await openSession(url), await openSession(url)];
    const status = async (id: string) => {
      const response = await post(url, list, { 'mcp-session-id': id });
      await response.text();
      return response.status;
    };
    expect(await status(first)).toBe(200);
    const third = await openSession(url);
    expect(await status(second)).toBe(404);
    expect([await status(first), await status(third)]).toEqual([200, 200]);
  });

  it('makes room for nobody else who has as many, and for somebody who has fewer', async () => {
    const { url } = await serve({ access, maxSessions: 3 });
    const ada = await openSession(url, as('ada').headers);
    const bobs = [];
    for (let i = 0; i < 4; i += 1) bobs.push(await openSession(url, as('bob').headers));
    const status = async (who: string, id: string) => {
      const response = await post(url, list, { ...as(who).headers, 'mcp-session-id': id });
      await response.text();
      return response.status;
    };
    expect(await status('ada', ada)).toBe(200);
    const statuses = await Promise.all(bobs.map((id) => status('bob', id)));
    expect(statuses).toEqual([404, 404, 200, 200]);
    const reader = await openSession(url, as('reader').headers);
    expect(await status('reader', reader)).toBe(200);
    expect(await status('ada', ada)).toBe(200);
  });

  it('is refused while all there may be are at work', async () => {
    const { url } = await serve({ maxSessions: 1 });
    const id = await openSession(url);
    const listening = await fetch(url, { headers: { accept: 'text/event-stream', 'mcp-session-id': id } });
    expect(listening.status).toBe(200);
    const refused = await post(url, initialize);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    await listening.body?.cancel();
    await expect.poll(async () => (await post(url, initialize)).status).toBe(200);
  });

  it('ends when it is not heard of for long, and not while it listens', async () => {
    const { url } = await serve({ sessionIdleMs: 2000 });
    const [idle, busy] = [await openSession(url), await openSession(url)];
    const listening = await fetch(url, { headers: { accept: 'text/event-stream', 'mcp-session-id': busy } });
    const end = (id: string) => fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': id } });
    await expect
      .poll(async () => (await post(url, list, { 'mcp-session-id': idle })).status, { interval: 4000 })
      .toBe(404);
    expect((await end(busy)).status).toBe(200);
    expect((await end(busy)).status).toBe(404);
    await listening.body?.cancel();
  });
});

describe('the door', () => {
  it('lets no page of another site in, nor a name that is not of this machine', async () => {
    const { url } = await serve();
    expect((await post(url, initialize, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(url, initialize, { origin: 'http://localhost:5173' })).status).toBe(200);
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(url, {
        method: 'POST',
        headers: { host: 'evil.example', 'content-type': 'application/json' },
      });
      sent.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
      sent.end(JSON.stringify(initialize));
    });
    expect(status).toBe(403);
  });

  it('leaves names to a server that says with a request who asks', async () => {
    const { mcp } = await serve();
    const server = createServer((request, response) => {
      void mcp.handle(request, response, { access: { mayDo: () => true } });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const sent = request({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      headers: {
        host: 'work.example.org',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
    });
    sent.end(JSON.stringify(initialize));
    const [response] = await once(sent, 'response');
    expect(response.resume().statusCode).toBe(200);
  });

  it('refuses what is no message', async () => {
    const { url } = await serve({ maxBodyBytes: 1000 });
    expect((await post(url, '{"jsonrpc":')).status).toBe(400);
    expect((await post(url, list)).status).toBe(400);
    expect((await post(url, { ...initialize, padding: 'x'.repeat(2000) })).status).toBe(413);
    expect((await post(url, initialize, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
  });

  it.each(eras)('is shut when the handler is closed, and leaves runs of %s clients alone', async (era) => {
    const orchestrator = createOrchestrator({ units });
    const { url, mcp, connect } = await serve({ orchestrator });
    const client = await connect(era);
    const call = client.callTool({ name: 'endless', arguments: {} });
    call.catch(() => {});
    await expect.poll(async () => (await orchestrator.list()).items[0]?.status).toBe('running');
    await mcp.close();
    expect((await post(url, initialize)).status).toBe(503);
    const [run] = (await orchestrator.list()).items;
    await orchestrator.cancel(run?.id ?? '', 'by the test');
    await expect.poll(async () => (await orchestrator.get(run?.id ?? ''))?.status).toBe('cancelled');
    const reasons = [];
    for await (const event of orchestrator.events(run?.id ?? '')) {
      if (event.type === 'run.ending') reasons.push(event.error.message);
    }
    expect(reasons).toEqual([expect.stringContaining('by the test')]);
  });
});

it('a stream that broke is told again what it missed', async () => {
  const { url, orchestrator } = await serve();
  const id = await openSession(url);
  const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  const call = {
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: { name: 'ask', arguments: { name: 'Ada' } },
  };
  const broken = await post(url, call, headers);
  const reader = broken.body?.pipeThrough(new TextDecoderStream()).getReader();
  const begun = await reader?.read();
  const lastId = /^id: (\S+)/m.exec(begun?.value ?? '')?.[1] ?? '';
  await reader?.cancel();
  await expect.poll(async () => (await orchestrator.list()).items[0]?.status).toBe('waiting');
  const listen = () =>
    fetch(url, { headers: { ...headers, accept: 'text/event-stream', 'last-event-id': lastId } });
  // Until the server has seen that the connection is gone.
  let again = await listen();
  await expect
    .poll(async () => {
      if (again.status === 409) again = await listen();
      return again.status;
    })
    .toBe(200);
  let text = '';
  for await (const chunk of again.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes('"id":7')) break;
  }
  expect(text).toContain('waits for an answer');
});
