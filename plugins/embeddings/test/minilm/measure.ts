// Prints how close all-MiniLM-L6-v2 stays to PyTorch over all thousand texts, and how large its files are.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { convertModel } from '../../src/model/convert-model.ts';
import { openModel } from '../../src/model/file/open-model.ts';
import { closeness, miniLmWheel } from './minilm.fixture.ts';

const wheel = await miniLmWheel();
if ('missing' in wheel) throw new Error(wheel.missing);
const folder = await mkdtemp(join(tmpdir(), 'aiwork-measure-'));
await using runtime = createOnnxRuntime();
try {
  for (const precision of ['fp32', 'fp16', 'int8'] as const) {
    const path = join(folder, `${precision}.arrow`);
    const quantization = { runtime };
    await convertModel({ from: wheel.path, path, precision, quantization });
    const model = await openModel(path);
    await using loaded = await runtime.load(model.source('file'));
    const { mean, worst } = await closeness(model, loaded, 1);
    console.log(
      `${precision}: ${(model.bytes / 1e6).toFixed(1)} MB, ${mean.toFixed(7)} mean, ${worst.toFixed(5)} worst`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
