import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createOrchestrator, defineTask, type Tensor } from '@aiwork/core';
import { writeOnnx } from '@aiwork/onnx-format';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOpenvinoRuntime, infer, openvino, optimizeModel } from '../src/index.ts';
import { skippedWithoutOpenvino } from '../src/openvino.fixture.ts';
import { linearBin, linearIr, linearOnnx, results, rows } from './models.fixture.ts';

const why = await skippedWithoutOpenvino();

const width = 512;

/** Many layers, which take a processor some time. */
function heavy(): Uint8Array {
  const layers = Array.from({ length: 30 }, (_, n) => n);
  const data = Float32Array.from({ length: width * width }, (_, n) => ((n % 7) - 3) / width);
  return writeOnnx({
    opsets: { '': 17 },
    irVersion: 8,
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', width] }],
    outputs: [{ name: 'v30', type: 'float32', shape: ['batch', width] }],
    initializers: [{ name: 'w', type: 'float32', shape: [width, width], data }],
    nodes: layers.flatMap((n) => [
      { operator: 'MatMul', name: `m${n}`, inputs: [n === 0 ? 'x' : `v${n}`, 'w'], outputs: [`p${n}`] },
      { operator: 'Tanh', name: `t${n}`, inputs: [`p${n}`], outputs: [`v${n + 1}`] },
    ]),
  });
}

const large: Tensor<'float32'> = {
  type: 'float32',
  shape: [256, width],
  data: new Float32Array(256 * width).fill(0.5),
};

describe.skipIf(why !== '')(`A model on OpenVINO${why}`, () => {
  it('leaves the event loop free while it is compiled and infers', { timeout: 60_000 }, async () => {
    await using runtime = await createOpenvinoRuntime();
    let turns = 0;
    let over = false;
    const turning = (async () => {
      while (!over) {
        turns += 1;
        await nextTurn();
      }
    })();
    await using model = await runtime.load({ model: heavy() });
    const whileLoading = turns;
    expect(whileLoading).toBeGreaterThan(10);
    await Promise.all([model.infer({ x: large }), model.infer({ x: large })]);
    expect(turns - whileLoading).toBeGreaterThan(10);
    over = true;
    await turning;
  });

  it('leaves a thread for files, however many infer', { timeout: 60_000 }, async () => {
    await using runtime = await createOpenvinoRuntime();
    await using one = await runtime.load({ model: heavy() }, { streams: 2 });
    await using other = await runtime.load({ model: heavy() }, { streams: 2 });
    await using third = await runtime.load({ model: heavy() }, { streams: 2 });
    let ended = 0;
    const calls = [one, other, third, one, other, third, one, other, third].map(async (model) => {
      await model.infer({ x: large });
      ended += 1;
    });
    // By then all of them have asked for a thread.
    await nextTurn();
    await readFile(new URL(import.meta.url));
    // With all threads taken, three would have to end before the file comes to its turn.
    expect(ended).toBeLessThan(3);
    await Promise.all(calls);
  });

  it('runs on the devices that spread work, and says which they took', async () => {
    await using runtime = await createOpenvinoRuntime();
    for (const device of ['AUTO', 'AUTO:CPU', 'HETERO:CPU', 'MULTI:CPU', 'BATCH:CPU(2)']) {
      await using model = await runtime.load({ model: linearOnnx() }, { device });
      expect(model.ranOn.device).toBe('CPU');
      expect((await model.infer({ x: rows }))['y']?.data).toEqual(Float32Array.from(results));
    }
    for (const device of ['HETERO', 'AUTO:CPU,QPU', 'CPU.7', 'cpu']) {
      await expect(runtime.load({ model: linearOnnx() }, { device })).rejects.toMatchObject({
        code: 'AIWORK_DEVICE_UNAVAILABLE',
      });
    }
  });

  it('keeps what it ran on after it is closed', async () => {
    await using runtime = await createOpenvinoRuntime();
    const model = await runtime.load({ model: linearOnnx() }, { device: 'AUTO' });
    expect(model.ranOn).toEqual({ device: 'CPU' });
    await model.close();
    expect(model.ranOn).toEqual({ device: 'CPU' });
  });

  it('takes the engine’s own properties, and refuses those it does not have', async () => {
    await using runtime = await createOpenvinoRuntime({ properties: { ENABLE_HYPER_THREADING: 'NO' } });
    await using model = await runtime.load({ model: linearOnnx() });
    expect((await model.infer({ x: rows }))['y']?.data).toEqual(Float32Array.from(results));
    await using other = await createOpenvinoRuntime({ properties: { NO_SUCH_PROPERTY: '1' } });
    await expect(other.load({ model: linearOnnx() })).rejects.toThrow('NO_SUCH_PROPERTY');
  });

  it('is kept compiled in a folder', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
    await using runtime = await createOpenvinoRuntime();
    for (let time = 0; time < 2; time += 1) {
      await using model = await runtime.load({ model: linearOnnx() }, { cacheDir });
      expect((await model.infer({ x: rows }))['y']?.data).toEqual(Float32Array.from(results));
    }
    expect(await readdir(cacheDir)).toHaveLength(1);
    await rm(cacheDir, { recursive: true });
  });

  it('is no runtime where no library is', async () => {
    const nowhere = join(tmpdir(), 'no-openvino-here');
    await expect(createOpenvinoRuntime({ library: nowhere })).rejects.toMatchObject({
      code: 'AIWORK_OPENVINO_UNAVAILABLE',
      message: expect.stringContaining(nowhere),
    });
  });

  it('is what the plugin provides', async () => {
    const task = defineTask({
      id: 'infer',
      input: z.array(z.number()),
      async run(row, { use }) {
        await using model = await use('modelRuntime').load({ model: linearOnnx() });
        const { y } = await infer(model, { x: [row] });
        return Array.from(y?.data ?? [], Number);
      },
    });
    await using ai = createOrchestrator({ plugins: [openvino()] });
    expect(await (await ai.start(task, [1, 1, 1, 1])).result()).toEqual(results.slice(0, 3));
  });
});

describe.skipIf(why !== '')(`optimizeModel and infer${why}`, () => {
  it('go from a file and plain numbers to results', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
    await writeFile(join(folder, 'linear.xml'), linearIr);
    await writeFile(join(folder, 'linear.bin'), linearBin());
    const model = await optimizeModel(join(folder, 'linear.xml'), { hint: 'latency' });
    await using other = await optimizeModel({ model: linearOnnx() });
    const input = [
      [1, 1, 1, 1],
      [0, 0, 0, 2],
    ];
    expect((await infer(model, { x: input }))['y']?.data).toEqual(Float32Array.from(results));
    await model.close();
    await model.close();
    await expect(infer(model, { x: input })).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
    // The engine that both share is still there.
    expect((await infer(other, { x: rows }))['y']?.data).toEqual(Float32Array.from(results));
    await rm(folder, { recursive: true });
  });

  it('say what is wrong with a model, and open the next one', async () => {
    await expect(optimizeModel(join(tmpdir(), 'none.onnx'))).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNREADABLE',
    });
    await using model = await optimizeModel({ model: linearOnnx() });
    await expect(infer(model, { x: [[1, 2, 3, 4], [1]] })).rejects.toMatchObject({
      code: 'AIWORK_TENSOR_SHAPE',
    });
    await expect(infer(model, { z: [[1]] })).rejects.toMatchObject({ code: 'AIWORK_UNKNOWN_INPUT' });
  });
});
