import { expect, it } from 'vitest';
import type { AuditEntry } from '../audit/audit-log.ts';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { ask, serve } from '../server.fixture.ts';
import type { McpHandler } from './mcp.ts';

/** Answers with what it was told. */
function tellTale(): McpHandler & { isClosed: boolean } {
  return {
    isClosed: false,
    async handle({ method }, response, { body, access: { ownerTag, mayDo } }) {
      const may = { read: mayDo('double', 'read'), control: mayDo('double', 'control') };
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
      response.end(JSON.stringify({ method, body, ownerTag, may }));
    },
    async close() {
      this.isClosed = true;
    },
  };
}

it('hands requests on with what was read of them, and who asks', async () => {
  const { key, hash } = newApiKey();
  const auth = [apiKeys([{ id: 'ada', scopes: ['double:execute'], hash }])];
  const { post, get } = await serve({ auth, mcp: tellTale() });
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const asked = await post('/mcp', message, { authorization: `Bearer ${key}` });
  expect(asked.body).toEqual({
    method: 'POST',
    body: message,
    ownerTag: 'aiwork:principal=ada',
    may: { read: true, control: false },
  });
  expect(asked.headers.get('cache-control')).toBe('no-cache');
  expect(asked.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await get('/mcp', { 'x-api-key': key })).body).toMatchObject({ method: 'GET' });
});

it('lets in nobody whom the server does not, and is not there without a handler', async () => {
  const { hash } = newApiKey();
  const guarded = await serve({ auth: [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])], mcp: tellTale() });
  expect((await guarded.post('/mcp', {})).status).toBe(401);
  const without = await serve();
  expect((await without.post('/mcp', {})).status).toBe(404);
});

it('bounds and writes down what the handler does for whom', async () => {
  const entries: AuditEntry[] = [];
  const { key, hash } = newApiKey();
  const mcp: McpHandler = {
    async handle(_request, response, { access: { begin, control } }) {
      const start = () => orchestrator.start(ask, { name: 'Ada', n: 1 });
      const { id } = await begin('ask', start);
      await control(id, 'cancel', () => orchestrator.cancel(id));
      const [first, second] = [
        await begin('ask', start),
        await begin('ask', start).catch(({ code }) => code),
      ];
      await first.cancel();
      response.end(JSON.stringify({ id, second }));
    },
    close: async () => {},
  };
  const { post, orchestrator } = await serve({
    mcp,
    maxUnfinished: 1,
    auth: [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])],
    audit: { write: (entry) => void entries.push(entry) },
  });
  const { id, second } = JSON.parse((await post('/mcp', {}, { 'x-api-key': key })).body);
  expect(second).toBe('AIWORK_OVERLOADED');
  expect(entries).toMatchObject([
    { action: 'start', outcome: 'done', principal: 'ada', unit: 'ask', execution: id },
    { action: 'cancel', outcome: 'done', principal: 'ada', execution: id },
    { action: 'start', outcome: 'done', unit: 'ask' },
    { action: 'start', outcome: 'refused', code: 'AIWORK_OVERLOADED', unit: 'ask' },
  ]);
});

it('answers when the handler fails, and says no more than elsewhere', async () => {
  const mcp: McpHandler = {
    handle: () => Promise.reject(new Error('cannot reach redis://user:hunter2@10.0.0.7')),
    close: async () => {},
  };
  const { post } = await serve({ mcp });
  const { status, headers, body } = await post('/mcp', {});
  expect({ status, type: headers.get('content-type') }).toEqual({
    status: 500,
    type: 'application/problem+json',
  });
  expect(JSON.stringify(body)).not.toContain('redis');
});

it('closes the handler with the server', async () => {
  const mcp = tellTale();
  const { server, get } = await serve({ mcp });
  expect((await get('/mcp')).body.may).toEqual({ read: true, control: true });
  await server.close();
  expect(mcp.isClosed).toBe(true);
});
