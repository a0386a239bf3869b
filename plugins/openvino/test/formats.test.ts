import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedModel, ModelRuntime } from '@aiwork/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenvinoRuntime } from '../src/index.ts';
import { openvinoOfTests } from '../src/openvino.fixture.ts';
import {
  linearApart,
  linearBin,
  linearIr,
  linearOnnx,
  linearTensorFlow,
  linearTfLite,
  results,
  rows,
  weightBytes,
} from './models.fixture.ts';

const openvino = await openvinoOfTests();
const why = 'missing' in openvino ? ` (skipped: ${openvino.missing})` : '';

async function computes(model: LoadedModel): Promise<void> {
  const [input] = model.inputs;
  const [output] = model.outputs;
  const outputs = await model.infer({ [input?.name ?? '']: rows });
  expect(outputs[output?.name ?? '']).toEqual({
    type: 'float32',
    shape: [2, 3],
    data: Float32Array.from(results),
  });
}

describe.skipIf(why !== '')(`OpenVINO reads${why}`, () => {
  let runtime: ModelRuntime;
  let folder: string;
  beforeAll(async () => {
    runtime = await createOpenvinoRuntime();
    folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
  });
  afterAll(async () => {
    await runtime.close();
    await rm(folder, { recursive: true });
  });

  const saved = async (name: string, bytes: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };

  it('ONNX', async () => {
    await using fromFile = await runtime.load({ path: await saved('linear.onnx', linearOnnx()) });
    await computes(fromFile);
    expect(fromFile.ranOn).toEqual({ device: 'CPU', precision: 'fp32' });
    await using fromBytes = await runtime.load({ model: linearOnnx() });
    await computes(fromBytes);
  });

  it("OpenVINO's own format, with its weights beside it or given apart", async () => {
    await saved('linear.bin', linearBin());
    await using fromFile = await runtime.load({ path: await saved('linear.xml', linearIr) });
    await computes(fromFile);
    const weights = new Map([['linear.bin', linearBin()]]);
    await using fromBytes = await runtime.load({ model: Buffer.from(linearIr), weights });
    // The engine goes on to read weights that are no longer the caller's.
    for (const bytes of weights.values()) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await computes(fromBytes);
  });

  it('frozen graphs of TensorFlow', async () => {
    await using fromFile = await runtime.load({ path: await saved('linear.pb', linearTensorFlow()) });
    await computes(fromFile);
    expect(fromFile.inputs).toEqual([{ name: 'x:0', type: 'float32', shape: ['?', 4] }]);
    await using fromBytes = await runtime.load({ model: linearTensorFlow() });
    await computes(fromBytes);
  });

  it('TFLite', async () => {
    await using fromFile = await runtime.load({ path: await saved('linear.tflite', await linearTfLite()) });
    await computes(fromFile);
    await using fromBytes = await runtime.load({ model: await linearTfLite() });
    await computes(fromBytes);
  });

  it('nothing of PyTorch, and says what to do', async () => {
    for (const bytes of [Buffer.from('PK\u0003\u0004 archive'), Uint8Array.of(0x80, 2, 0x8a)]) {
      await expect(runtime.load({ path: await saved('model.pt', bytes) })).rejects.toMatchObject({
        code: 'AIWORK_UNSUPPORTED_CAPABILITY',
        message: expect.stringContaining('torch.onnx.export'),
      });
      await expect(runtime.load({ model: bytes })).rejects.toMatchObject({
        code: 'AIWORK_UNSUPPORTED_CAPABILITY',
      });
    }
  });

  it('a format by what is in the file, whatever it is called', async () => {
    await using model = await runtime.load({ path: await saved('model.onnx.bak', linearOnnx()) });
    await computes(model);
  });

  it('weights of ONNX from parts of several memories and files', async () => {
    const around = new Uint8Array(200);
    around.set(weightBytes(), 77);
    const apart = linearApart({ location: 'sub/w.bin', offset: 7, length: 48 });
    const given = around.subarray(70, 140);
    await using model = await runtime.load({ model: apart, weights: new Map([['sub/w.bin', given]]) });
    given.fill(0);
    await computes(model);
    await mkdir(join(folder, 'sub'), { recursive: true });
    await saved('sub/w.bin', around.subarray(70));
    await expect(runtime.load({ model: apart, weightsFolder: folder })).resolves.toBeDefined();
  });
});
