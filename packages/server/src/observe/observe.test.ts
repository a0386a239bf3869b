import { AsyncLocalStorage } from 'node:async_hooks';
import { defineTask, type SpanParent, type Telemetry } from '@aiwork/core';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { double, serve as serveAt } from '../server.fixture.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const own = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';

/** However busy the machine is. */
const serve: typeof serveAt = (options) => serveAt({ maxEventLoopDelayMs: 600_000, ...options });

/** Keeps the requests it is told of. */
function recorder() {
  const seen: { readonly what: string; readonly parent: SpanParent | undefined; status?: number }[] = [];
  const active = new AsyncLocalStorage<string>();
  const telemetry: Pick<Telemetry, 'request'> = {
    request({ method, route }, parent) {
      const request: (typeof seen)[number] = { what: `${method} ${route}`, parent };
      seen.push(request);
      return {
        trace: { traceparent: own },
        within: (work) => active.run(route, work),
        end({ statusCode }) {
          request.status = statusCode;
        },
      };
    },
  };
  return { telemetry, seen, active };
}

it('starts runs as parts of what the request says it is a part of', async () => {
  const { post, orchestrator } = await serve();
  const { body } = await post('/execute', { unit: 'double', input: 1 }, { traceparent });
  expect((await orchestrator.get(body.executionId))?.trace).toEqual({ traceparent });
  const plain = await post('/execute', { unit: 'double', input: 1 }, { traceparent: 'none' });
  expect(plain.status).toBe(200);
  expect(await orchestrator.get(plain.body.executionId)).not.toHaveProperty('trace');
});

it('tells telemetry of each request, by its route, and of how it was answered', async () => {
  const { telemetry, seen } = recorder();
  const { get, post, orchestrator } = await serve({ telemetry });
  const { body, headers } = await post('/execute', { unit: 'double', input: 1 }, { traceparent });
  expect(headers.get('traceresponse')).toBe(own);
  expect((await orchestrator.get(body.executionId))?.trace).toEqual({ traceparent: own });
  await get(`/status/${body.executionId}`);
  await get('/status/nobody');
  await post('/execute', { unit: 'nobody' });
  await vi.waitFor(() =>
    expect(seen.map(({ what, status }) => `${what} ${status}`)).toEqual([
      'POST /execute 200',
      'GET /status/:execution_id 200',
      'GET /status/:execution_id 404',
      'POST /execute 404',
    ]),
  );
  expect(seen[0]?.parent).toEqual({ traceparent });
  expect(seen[1]?.parent).toBeUndefined();
});

it('has the request be what is active while its run is started', async () => {
  const { telemetry, active } = recorder();
  const where = defineTask({ id: 'where', input: z.unknown(), run: () => active.getStore() });
  const { post } = await serve({ telemetry, units: [where] });
  expect((await post('/execute', { unit: 'where' })).body.output).toBe('/execute');
});

it('answers all the same where telemetry has no trace', async () => {
  const { telemetry } = recorder();
  const traceless: typeof telemetry = {
    request: (work, parent) => ({ ...telemetry.request(work, parent), trace: { traceparent: '' } }),
  };
  const { post, orchestrator } = await serve({ telemetry: traceless });
  const { status, body, headers } = await post('/execute', { unit: 'double', input: 1 }, { traceparent });
  expect([status, headers.get('traceresponse')]).toEqual([200, null]);
  expect((await orchestrator.get(body.executionId))?.trace).toEqual({ traceparent });
});

it('logs the trace of each request', async () => {
  const lines: string[] = [];
  const logger = { level: 'info', stream: { write: (line: string) => void lines.push(line) } };
  const { get } = await serve({ telemetry: recorder().telemetry, logger });
  await get('/flows');
  const completed = () => lines.find((line) => line.includes('request completed'));
  await vi.waitFor(() => expect(completed()).toBeDefined());
  expect(JSON.parse(completed() ?? '')).toMatchObject({
    reqId: expect.any(String),
    trace_id: '0af7651916cd43dd8448eb211c80319c',
  });
});

it('tells telemetry when a client went away', async () => {
  const { telemetry, seen } = recorder();
  const slow = defineTask({
    id: 'slow',
    input: z.unknown(),
    run: (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
  });
  const { url } = await serve({ telemetry, units: [slow] });
  const leaving = new AbortController();
  const request = fetch(`${url}/execute`, {
    method: 'POST',
    body: '{"unit":"slow"}',
    headers: { 'content-type': 'application/json' },
    signal: leaving.signal,
  }).catch(() => {});
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  leaving.abort();
  await request;
  await vi.waitFor(() => expect(seen[0]?.status).toBe(499));
});

it('shows metrics where there are any', async () => {
  const metrics = { scrape: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }) };
  const { url } = await serve({ metrics, units: [double] });
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toBe('up 1\n');
  const { get } = await serve();
  expect((await get('/metrics')).status).toBe(404);
});

it('fills no log with probes, and tells of those that fail', async () => {
  const lines: string[] = [];
  const logger = { level: 'info', stream: { write: (line: string) => void lines.push(line) } };
  const metrics = { scrape: async () => ({ contentType: 'text/plain', body: '' }) };
  const { get, orchestrator } = await serve({ logger, metrics });
  for (const path of ['/health', '/health/live', '/health/ready', '/metrics']) {
    expect((await get(path)).status).toBe(200);
  }
  await get('/flows');
  await vi.waitFor(() => expect(lines.join('')).toContain('request completed'));
  const urls = () => new Set(lines.map((line) => JSON.parse(line).req?.url).filter((url) => url));
  expect(urls()).toEqual(new Set(['/flows']));
  await orchestrator.close();
  expect((await get('/health/ready')).status).toBe(503);
  expect(lines.join('')).toContain('the run store does not answer');
});
