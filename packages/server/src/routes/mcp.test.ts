import { expect, it } from 'vitest';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { serve } from '../server.fixture.ts';
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

it('closes the handler with the server', async () => {
  const mcp = tellTale();
  const { server, get } = await serve({ mcp });
  expect((await get('/mcp')).body.may).toEqual({ read: true, control: true });
  await server.close();
  expect(mcp.isClosed).toBe(true);
});
