import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedModel } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { skippedWithoutOpenvino } from '../src/openvino.fixture.ts';
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
import { savedModels } from './saved-models.fixture.ts';

const why = await skippedWithoutOpenvino();

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
  const models = savedModels();

  it('ONNX', async () => {
    await using fromFile = await models.runtime.load({
      path: await models.saved('linear.onnx', linearOnnx()),
    });
    await computes(fromFile);
    expect(fromFile.ranOn).toEqual({ device: 'CPU', precision: 'fp32' });
    await using fromBytes = await models.runtime.load({ model: linearOnnx() });
    await computes(fromBytes);
  });

  it("OpenVINO's own format, with its weights beside it or given apart", async () => {
    await models.saved('linear.bin', linearBin());
    await using fromFile = await models.runtime.load({ path: await models.saved('linear.xml', linearIr) });
    await computes(fromFile);
    const weights = new Map([['linear.bin', linearBin()]]);
    await using fromBytes = await models.runtime.load({ model: Buffer.from(linearIr), weights });
    // The engine goes on to read weights that are no longer the caller's.
    for (const bytes of weights.values()) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await computes(fromBytes);
  });

  it('frozen graphs of TensorFlow', async () => {
    await using fromFile = await models.runtime.load({
      path: await models.saved('linear.pb', linearTensorFlow()),
    });
    await computes(fromFile);
    expect(fromFile.inputs).toEqual([{ name: 'x:0', type: 'float32', shape: ['?', 4] }]);
    await using fromBytes = await models.runtime.load({ model: linearTensorFlow() });
    await computes(fromBytes);
  });

  it('TFLite', async () => {
    await using fromFile = await models.runtime.load({
      path: await models.saved('linear.tflite', await linearTfLite()),
    });
    await computes(fromFile);
    await using fromBytes = await models.runtime.load({ model: await linearTfLite() });
    await computes(fromBytes);
  });

  it('nothing of PyTorch, and says what to do', async () => {
    for (const bytes of [Buffer.from('PK\u0003\u0004 archive'), Uint8Array.of(0x80, 2, 0x8a)]) {
      await expect(
        models.runtime.load({ path: await models.saved('model.pt', bytes) }),
      ).rejects.toMatchObject({
        code: 'AIWORK_UNSUPPORTED_CAPABILITY',
        message: expect.stringContaining('torch.onnx.export'),
      });
      await expect(models.runtime.load({ model: bytes })).rejects.toMatchObject({
        code: 'AIWORK_UNSUPPORTED_CAPABILITY',
      });
    }
  });

  it('a format by what is in the file, whatever it is called', async () => {
    await using model = await models.runtime.load({
      path: await models.saved('model.onnx.bak', linearOnnx()),
    });
    await computes(model);
  });

  it('weights of ONNX from parts of several memories and files', async () => {
    const around = new Uint8Array(200);
    around.set(weightBytes(), 77);
    const apart = linearApart({ location: 'sub/w.bin', offset: 7, length: 48 });
    const given = around.subarray(70, 140);
    await using model = await models.runtime.load({ model: apart, weights: new Map([['sub/w.bin', given]]) });
    given.fill(0);
    await computes(model);
    await mkdir(join(models.folder, 'sub'), { recursive: true });
    await models.saved('sub/w.bin', around.subarray(70));
    await expect(models.runtime.load({ model: apart, weightsFolder: models.folder })).resolves.toBeDefined();
  });
});
