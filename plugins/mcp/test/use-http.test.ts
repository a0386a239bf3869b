import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOrchestrator, defineTask, defineTool } from '@aiwork/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { type McpHttpHandler, type McpHttpOptions, mcpHandler } from '../src/index.ts';
import { use } from './use.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

const greet = defineTool({
  name: 'greet',
  description: 'Greets.',
  input: z.object({ name: z.string() }),
  output: z.object({ text: z.string() }),
  run: ({ name }) => ({ text: `Hello, ${name}!` }),
});
const twice = defineTask({ id: 'twice', input: z.number(), run: (n) => 2 * n });

async function listen(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** Our own server, whose handler can be replaced as if its process had begun anew. */
async function serve(options: Partial<McpHttpOptions> = {}) {
  const orchestrator = createOrchestrator({ units: [greet, twice] });
  onTestFinished(() => orchestrator.close());
  const requests: { readonly method: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const newHandler = () => mcpHandler({ orchestrator, units: [greet, twice], ...options });
  let current: McpHttpHandler = newHandler();
  const url = await listen(
    createServer((request, response) => {
      requests.push({ method: request.method ?? '', headers: request.headers });
      void current.handle(request, response);
    }),
  );
  onTestFinished(() => current.close());
  return {
    url,
    orchestrator,
    requests,
    async restart() {
      await current.close();
      current = newHandler();
    },
  };
}

describe('tools of a server over HTTP', () => {
  it('are called without a session where the server knows how, and under a key', async () => {
    const { url, orchestrator, requests } = await serve();
    const { call } = await use({ own: { url } });
    expect(await call('greet', { name: 'Ada' })).toEqual({ text: 'Hello, Ada!' });
    expect(await call('twice', { input: 21 })).toBe('42');
    expect(requests.some(({ headers }) => 'mcp-session-id' in headers)).toBe(false);
    expect(requests.at(-1)?.headers['mcp-protocol-version']).toBe('2026-07-28');
    // The runs of both sides have one key, so that a call made again is the same run.
    expect((await orchestrator.list({ unitId: 'greet' })).items).toHaveLength(1);
  });

  it('are there again after the server began anew', async () => {
    const { url, restart } = await serve();
    const { call } = await use({ own: { url } });
    await restart();
    expect(await call('greet', { name: 'Bob' })).toEqual({ text: 'Hello, Bob!' });
  });

  it('are asked for with headers that change', async () => {
    let token = 0;
    const { url, requests } = await serve({
      access: ({ headers }) => (headers.authorization ? { mayDo: () => true } : undefined),
    });
    const headers = () => {
      token += 1;
      return Promise.resolve({ authorization: `Bearer token-${token}` });
    };
    const { call } = await use({ own: { url, headers } });
    await call('greet', { name: 'Ada' });
    const sent = requests.map((request) => request.headers['authorization']);
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('are an error that shows no secret where the server lets nobody in', async () => {
    const { url } = await serve({ access: () => undefined });
    const error = await use({
      own: { url: `${url}?key=in-the-url`, headers: { authorization: 'Bearer sk-secret-token' } },
    }).catch((thrown: unknown) => thrown);
    const seen = `${error} ${(error as Error).stack} ${JSON.stringify(error)}`;
    expect(seen).toContain('the MCP server "own" cannot be reached');
    expect(seen).not.toMatch(/sk-secret-token|in-the-url/);
  });

  it('are an error that shows no header of now, where the server repeats it', async () => {
    const url = await listen(
      createServer((request, response) => {
        response.writeHead(400).end(`who is ${request.headers['authorization']}?`);
      }),
    );
    const headers = () => ({ authorization: 'Bearer sk-of-this-minute' });
    const error = await use({ own: { url, headers } }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('[redacted]');
    expect(`${error} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('sk-of-this-minute');
  });

  it('do not take their headers to another host', async () => {
    const seen: unknown[] = [];
    const elsewhere = await listen(
      createServer((request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(200).end('{}');
      }),
    );
    const url = await listen(
      createServer((_, response) => response.writeHead(307, { location: elsewhere }).end()),
    );
    await expect(use({ odd: { url, headers: { authorization: 'Bearer x' } } })).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  it('need a session of a server that knows no other way, and open a new one when it has forgotten theirs', async () => {
    const sessions = new Set<string>();
    const methods: string[] = [];
    const url = await listen(
      createServer(async (request, response) => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const answer = (status: number, body?: object, headers = {}) =>
          response
            .writeHead(status, { 'content-type': 'application/json', ...headers })
            .end(body && JSON.stringify({ jsonrpc: '2.0', ...body }));
        const session = String(request.headers['mcp-session-id'] ?? '');
        if (request.method === 'DELETE') {
          sessions.delete(session);
          answer(200);
          return;
        }
        if (request.method !== 'POST') {
          answer(405);
          return;
        }
        const { id, method } = JSON.parse(Buffer.concat(chunks).toString());
        methods.push(method);
        if (method === 'initialize') {
          const opened = `session-${methods.length}`;
          sessions.add(opened);
          const result = {
            protocolVersion: '2025-06-18',
            capabilities: { tools: {} },
            serverInfo: { name: 'old', version: '1' },
          };
          answer(200, { id, result }, { 'mcp-session-id': opened });
        } else if (method === 'server/discover')
          answer(200, { id, error: { code: -32601, message: 'Method not found' } });
        else if (!sessions.has(session))
          answer(404, { id: null, error: { code: -32001, message: 'Session not found' } });
        else if (id === undefined) answer(202);
        else if (method === 'tools/list')
          answer(200, { id, result: { tools: [{ name: 'old', inputSchema: { type: 'object' } }] } });
        else answer(200, { id, result: { content: [{ type: 'text', text: 'called' }] } });
      }),
    );
    const { call, mcp } = await use({ old: { url } });
    expect(await call('old')).toBe('called');
    sessions.clear();
    expect(await call('old')).toBe('called');
    expect(methods.filter((method) => method === 'initialize')).toHaveLength(2);
    expect(sessions.size).toBe(1);
    await mcp.close();
    expect(sessions.size).toBe(0);
  });
});
