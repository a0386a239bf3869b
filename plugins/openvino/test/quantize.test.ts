import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenvinoRuntime, infer, quantizeModel } from '../src/index.ts';
import { openvinoOfTests } from '../src/openvino.fixture.ts';
import { environmentFolder } from '../src/quantize/python-environment.ts';
import { linearOnnx } from './models.fixture.ts';

const openvino = await openvinoOfTests();
const isMade = await access(environmentFolder()).then(
  () => true,
  () => false,
);

/** It takes 500 MB, which nobody wants who runs tests; a machine that is there to test makes it. */
const why =
  'missing' in openvino
    ? ` (skipped: ${openvino.missing})`
    : isMade || process.env['CI']
      ? ''
      : ' (skipped: aiwork openvino quantize has not made its Python environment on this machine)';

const calibration = Array.from({ length: 40 }, (_, n) => ({
  x: [[Math.sin(n), Math.cos(n), n / 40, -n / 40]],
}));

describe.skipIf(why !== '')(`quantizeModel${why}`, { timeout: 600_000 }, () => {
  let folder: string;
  let model: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
    model = join(folder, 'linear.onnx');
    await writeFile(model, linearOnnx());
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('makes a model of integers that comes to nearly the same', async () => {
    const out = join(folder, 'made', 'linear.xml');
    const stages = new Set<string>();
    const made = await quantizeModel({
      model,
      calibration,
      out,
      onProgress: ({ label = '' }) => stages.add(label),
    });
    expect(made).toMatchObject({ path: out, calibrated: 32, checked: 8 });
    expect(made.drop).toBeGreaterThan(0);
    expect(made.drop).toBeLessThan(0.1);
    expect((await readdir(join(folder, 'made'))).sort()).toEqual(['linear.bin', 'linear.xml']);
    expect([...stages]).toEqual(expect.arrayContaining(['calibrating', 'saving', 'checking']));
    await using runtime = await createOpenvinoRuntime();
    await using quantized = await runtime.load({ path: out });
    // Some of it is integers now, so no one precision would be the truth.
    expect(quantized.ranOn).toEqual({ device: 'CPU' });
    const { y } = await infer(quantized, { x: [[0.5, 0.5, 0.5, -0.5]] });
    expect(Number(y?.data[0])).toBeCloseTo(1, 0);
  });

  it('throws away a model that loses more than it may, and leaves what was there', async () => {
    const out = join(folder, 'strict', 'linear.xml');
    const refused = quantizeModel({ model, calibration, out, maxDrop: 0, mode: 'weights' });
    await expect(refused).rejects.toMatchObject({
      code: 'AIWORK_QUANTIZATION_FAILED',
      message: expect.stringMatching(/differs by 0\.\d+ from the original .* more than 0/),
    });
    expect(await readdir(join(folder, 'strict'))).toEqual([]);
  });

  it('refuses samples that do not fit the model, before Python is asked', async () => {
    const out = join(folder, 'bad.xml');
    const wrong = calibration.map(() => ({ x: [[1, 2]] }));
    await expect(quantizeModel({ model, calibration: wrong, out })).rejects.toMatchObject({
      code: 'AIWORK_TENSOR_SHAPE',
    });
    await expect(quantizeModel({ model, calibration, out: join(folder, 'x.onnx') })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
    const signal = AbortSignal.abort(new Error('the user left'));
    await expect(quantizeModel({ model, calibration, out, signal })).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
    });
  });
});
