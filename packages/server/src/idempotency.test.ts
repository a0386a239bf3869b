import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator, defineTask } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ask, serve } from './server.fixture.ts';

async function storeFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'runs.db');
}

const key = { 'idempotency-key': 'order 4711' };
const refused = { status: 422, body: { code: 'AIWORK_KEY_REUSED' } };

describe('a key that comes with another request', () => {
  const first = { unit: 'double', input: 2, tags: ['t'] };

  it.each<[string, object]>([
    ['another input', { ...first, input: 3 }],
    ['another unit', { ...first, unit: 'broken' }],
    ['another tag', { ...first, tags: ['u'] }],
    ['another priority', { ...first, priority: 1 }],
  ])('is refused, and starts nothing: %s', async (_, second) => {
    const { post, orchestrator } = await serve();
    const { body } = await post('/execute', first, key);
    expect(body).toMatchObject({ output: 4, tags: ['sums', 't'] });
    expect(await post('/execute', second, key)).toMatchObject(refused);
    expect(await post('/execute-async', second, key)).toMatchObject(refused);
    expect((await post('/execute', first, key)).body).toEqual(body);
    expect((await orchestrator.list()).items).toHaveLength(1);
  });

  it('is the same request when the members of its objects come in another order', async () => {
    const { post } = await serve();
    const wait = { ...key, prefer: 'wait=0' };
    const one = await post('/execute', { unit: 'ask', input: { name: 'Ada', n: 1 } }, wait);
    const other = await post('/execute', { input: { n: 1, name: 'Ada' }, unit: 'ask' }, wait);
    expect(other.body.executionId).toBe(one.body.executionId);
  });

  it('is refused by every server of the store, and after they were all started anew', async () => {
    const file = await storeFile();
    const [one, other] = [
      await serve({}, { plugins: [sqlite({ path: file })] }),
      await serve({}, { plugins: [sqlite({ path: file })] }),
    ];
    const { body } = await one.post('/execute', first, key);
    expect(await other.post('/execute', { ...first, input: 5 }, key)).toMatchObject(refused);
    await one.orchestrator.close();
    await other.orchestrator.close();
    const later = await serve({}, { plugins: [sqlite({ path: file })] });
    expect(await later.post('/execute', { ...first, input: 5 }, key)).toMatchObject(refused);
    expect((await later.post('/execute', first, key)).body).toEqual(body);
  });

  it('is refused where a step was given something else with it', async () => {
    const { post, get } = await serve();
    const { body } = await post(
      '/execute',
      { unit: 'ask', input: { name: 'Ada', n: 1 } },
      { prefer: 'wait=0' },
    );
    const path = `/executions/${body.executionId}/signals/may`;
    expect((await post(path, { payload: { yes: true } }, key)).status).toBe(202);
    expect(await post(path, { payload: { yes: false } }, key)).toMatchObject(refused);
    expect((await post(path, { payload: { yes: true } }, key)).status).toBe(202);
    await expect.poll(async () => (await get(`/status/${body.executionId}`)).body.output).toBe(true);
  });
});

describe('a repetition that is asked for again', () => {
  const first = { unit: 'double', input: 2, tags: ['t'] };
  const again = { 'idempotency-key': 'again 4711' };

  async function repeated() {
    const served = await serve();
    const { body } = await served.post('/execute', first, key);
    const rerun = (id: string, what: object | undefined, headers: Record<string, string> = again) =>
      served.post(`/executions/${id}/rerun`, what, headers);
    return { ...served, id: body.executionId as string, rerun };
  }

  it('is one with the same key, and another without', async () => {
    const { id, rerun, get, orchestrator } = await repeated();
    const { status, body } = await rerun(id, undefined);
    expect({ status, body }).toMatchObject({ status: 202, body: { rerunOf: id, tags: ['sums', 't'] } });
    expect((await rerun(id, {})).body.executionId).toBe(body.executionId);
    expect((await orchestrator.list()).items).toHaveLength(2);
    expect((await rerun(id, {}, {})).body.executionId).not.toBe(body.executionId);
    await expect.poll(async () => (await get(`/status/${body.executionId}`)).body.output).toBe(4);
  });

  it('is refused when the key came with anything else', async () => {
    const { id, rerun, post, get, orchestrator } = await repeated();
    const { body } = await rerun(id, undefined);
    const { executionId } = body;
    await expect.poll(async () => (await get(`/status/${executionId}`)).body.status).toBe('succeeded');
    // From a step, of the repetition itself, by the key of the start, and a start by the key of the repetition.
    expect(await rerun(id, { from: 'double' })).toMatchObject(refused);
    expect(await rerun(executionId, undefined)).toMatchObject(refused);
    expect(await rerun(id, undefined, key)).toMatchObject(refused);
    expect(await post('/execute', first, again)).toMatchObject(refused);
    expect((await orchestrator.list()).items).toHaveLength(2);
  });
});

describe('a request that is sent again', () => {
  it('to another server waits for the run that is at work on the first', async () => {
    const file = await storeFile();
    const gate = Promise.withResolvers<void>();
    const slow = defineTask({ id: 'slow', input: z.string(), run: (text) => gate.promise.then(() => text) });
    const start = { unit: 'slow', input: 'done' };
    const [one, other] = [
      await serve({ units: [slow] }, { plugins: [sqlite({ path: file })] }),
      await serve({ units: [slow] }, { plugins: [sqlite({ path: file })] }),
    ];
    const { body } = await one.post('/execute', start, { ...key, prefer: 'wait=0' });
    expect(await other.post('/execute', start, { ...key, prefer: 'wait=0' })).toMatchObject({
      status: 202,
      body: { executionId: body.executionId, status: 'running' },
    });
    const waiting = other.post('/execute', start, key);
    gate.resolve();
    expect(await waiting).toMatchObject({ status: 200, body: { output: 'done' } });
  });

  it('takes up the run that a server was stopped at', async () => {
    const file = await storeFile();
    const one = await serve({}, { plugins: [sqlite({ path: file })] });
    const start = { unit: 'ask', input: { name: 'Ada', n: 1 } };
    const { body } = await one.post('/execute', start, { ...key, prefer: 'wait=0' });
    await one.server.close();
    await one.orchestrator.close();
    const orchestrator = createOrchestrator({ units: [ask], plugins: [sqlite({ path: file })] });
    const { post, get } = await serve({ orchestrator });
    await post('/execute', start, { ...key, prefer: 'wait=0' });
    await post(`/executions/${body.executionId}/signals/may`, { payload: { yes: true } });
    await expect.poll(async () => (await get(`/status/${body.executionId}`)).body.output).toBe(true);
  });
});
