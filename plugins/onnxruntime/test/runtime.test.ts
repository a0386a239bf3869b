import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { markAsUntransferable } from 'node:worker_threads';
import { agreesWith } from '@aiwork/contract-tests';
import { createOrchestrator, defineTask } from '@aiwork/core';
import { writeOnnx } from '@aiwork/onnx-format';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOnnxRuntime, onnxRuntime } from '../src/index.ts';
import { ones, slowModel } from './model.fixture.ts';

const run = promisify(execFile);

/** How long work took, and the longest time in which nothing else could be done, in milliseconds. */
async function timed(
  work: () => Promise<unknown>,
): Promise<{ readonly tookMs: number; readonly blockedMs: number }> {
  const start = performance.now();
  let isDone = false;
  const done = work().finally(() => {
    isDone = true;
  });
  let blockedMs = 0;
  for (let last = start; !isDone; ) {
    await setImmediate();
    const now = performance.now();
    blockedMs = Math.max(blockedMs, now - last);
    last = now;
  }
  await done;
  return { tookMs: performance.now() - start, blockedMs };
}

describe('createOnnxRuntime', () => {
  it('leaves the event loop free while it infers', async () => {
    await using runtime = createOnnxRuntime();
    const model = await runtime.load({ model: slowModel(400) }, { threads: 1 });
    await model.infer({ x: ones(1) });
    // Others may hold the processor for a while, but not each time for as long as the model takes.
    const shares: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { tookMs, blockedMs } = await timed(() => model.infer({ x: ones(128) }));
      shares.push(blockedMs / tookMs);
    }
    expect(Math.min(...shares)).toBeLessThan(0.5);
  }, 60_000);

  it('leaves it free while it copies a large model', async () => {
    await using runtime = createOnnxRuntime();
    const weights = new Map([['unused.bin', new Uint8Array(64 * 2 ** 20)]]);
    const shares: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const model = slowModel(2);
      const { tookMs, blockedMs } = await timed(() => runtime.load({ model, weights }));
      shares.push(blockedMs / tookMs);
    }
    expect(Math.min(...shares)).toBeLessThan(0.5);
  }, 60_000);

  it('takes the memory of inputs that are given away, and leaves that of others', async () => {
    await using runtime = createOnnxRuntime();
    const model = await runtime.load({ model: slowModel(1) });
    const [kept, given] = [ones(1), ones(1)];
    await model.infer({ x: kept });
    await model.infer({ x: given }, { transfer: true });
    expect([kept.data.byteLength, given.data.byteLength]).toEqual([1024, 0]);
  });

  it('takes a Buffer for the bytes that it shows, and refuses memory that cannot be given away', async () => {
    await using runtime = createOnnxRuntime();
    const value = (name: string) => ({ name, type: 'uint8', shape: ['n'] }) as const;
    const nodes = [{ operator: 'Identity', inputs: ['x'], outputs: ['y'] }];
    const model = await runtime.load({
      model: writeOnnx({
        opsets: { '': 17 },
        irVersion: 8,
        inputs: [value('x')],
        outputs: [value('y')],
        nodes,
      }),
    });
    const data = Buffer.from('from a pool');
    const call = model.infer({ x: { type: 'uint8', shape: [data.length], data } });
    data.fill(0);
    expect(Buffer.from((await call)['y']?.data as Uint8Array).toString()).toBe('from a pool');
    const memory = new Uint8Array(8);
    markAsUntransferable(memory.buffer);
    const x = { type: 'uint8', shape: [memory.length], data: memory } as const;
    await expect(model.infer({ x }, { transfer: true })).rejects.toMatchObject({
      code: 'AIWORK_INFERENCE_FAILED',
    });
    expect((await model.infer({ x }))['y']?.data.length).toBe(memory.length);
  });

  it('runs a model that takes nothing', async () => {
    await using runtime = createOnnxRuntime();
    const y = { name: 'y', type: 'float32', shape: [1] } as const;
    const model = await runtime.load({
      model: writeOnnx({
        opsets: { '': 17 },
        irVersion: 8,
        inputs: [],
        outputs: [y],
        nodes: [{ operator: 'Neg', inputs: ['w'], outputs: ['y'] }],
        initializers: [{ name: 'w', type: 'float32', shape: [1], data: Float32Array.of(3) }],
      }),
    });
    expect((await model.infer({}))['y']?.data).toEqual(Float32Array.of(-3));
  });

  it('does not begin what was aborted while it waited', async () => {
    await using runtime = createOnnxRuntime();
    const model = await runtime.load({ model: slowModel(400) }, { threads: 1 });
    await model.infer({ x: ones(64) });
    const { tookMs: alone } = await timed(() => model.infer({ x: ones(64) }));
    const first = model.infer({ x: ones(64) });
    const leaving = new AbortController();
    const waiting = Array.from({ length: 100 }, () =>
      model.infer({ x: ones(64) }, { signal: leaving.signal }),
    );
    const left = Promise.allSettled(waiting);
    leaving.abort();
    const { tookMs } = await timed(() => Promise.all([left, first, model.infer({ x: ones(64) })]));
    expect((await left).every(({ status }) => status === 'rejected')).toBe(true);
    // With those that were aborted it would be 102 times as long.
    expect(tookMs).toBeLessThan(40 * alone);
  }, 60_000);

  it('comes to the same with one stream and with several', async () => {
    await using one = createOnnxRuntime();
    await using other = createOnnxRuntime();
    const inputs = [1, 3].map((rows) => ({ x: ones(rows) }));
    const several = { ...other, load: (source: never) => other.load(source, { streams: 2, threads: 1 }) };
    await agreesWith(one, several, { model: slowModel(3) }, inputs, { absolute: 1e-5 });
  });

  it('lets go of a load that was aborted, and of the runtime after it', async () => {
    const runtime = createOnnxRuntime();
    const leaving = new AbortController();
    const loading = runtime.load({ model: slowModel(400) }, { signal: leaving.signal, streams: 3 });
    leaving.abort();
    await expect(loading).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
    await runtime.close();
    await expect(runtime.devices()).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('lists the processor first, and nothing that does not work', async () => {
    await using runtime = createOnnxRuntime();
    const [cpu, ...others] = await runtime.devices();
    expect(cpu).toMatchObject({ id: 'cpu', type: 'cpu' });
    for (const { id } of others) await runtime.load({ model: slowModel(1) }, { device: id });
    await expect(runtime.load({ model: slowModel(1) }, { device: 'abacus' })).rejects.toMatchObject({
      code: 'AIWORK_DEVICE_UNAVAILABLE',
      message: expect.stringContaining('it can use "cpu"'),
    });
  }, 60_000);

  it('keeps no process alive that forgets to close it, and writes nothing to its terminal', async () => {
    const file = new URL('forgets-to-close.fixture.ts', import.meta.url).pathname;
    const { stdout, stderr } = await run(process.execPath, ['--conditions=@aiwork/source', file]);
    expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' });
  }, 60_000);
});

describe('onnxRuntime', () => {
  it('fills the slot of an orchestrator, and closes its models with it', async () => {
    const infer = defineTask({
      id: 'infer',
      input: z.number(),
      run: async (rows, ctx) => {
        const model = await ctx.use('modelRuntime', 'local').load({ model: slowModel(2) });
        const { y } = await model.infer({ x: ones(rows) }, { signal: ctx.signal });
        return y?.shape;
      },
    });
    await using orchestrator = createOrchestrator({ plugins: [onnxRuntime({ name: 'local' })] });
    expect(await (await orchestrator.start(infer, 3)).result()).toEqual([3, 256]);
  });
});
