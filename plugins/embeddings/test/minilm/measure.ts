// Prints how close all-MiniLM-L6-v2 stays to PyTorch over all thousand texts, how large its files are and how fast.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedModel } from '@aiwork/core';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { convertModel } from '../../src/model/convert-model.ts';
import { openModel } from '../../src/model/file/open-model.ts';
import { closeness, miniLmWheel } from './minilm.fixture.ts';

const forms = [
  { precision: 'fp32' },
  { precision: 'fp16' },
  { precision: 'int8', minCosine: 0.99 },
  { precision: 'int8', minCosine: 0.995 },
  { precision: 'int8', minCosine: 0.997 },
] as const;

/** The shortest of some times, in milliseconds, that 32 texts of 12 tokens take: what else runs makes it only longer. */
async function fastest(loaded: LoadedModel): Promise<number> {
  const shape = [32, 12];
  const data = BigInt64Array.from({ length: 32 * 12 }, (_, i) => BigInt(1000 + ((7919 * i) % 20_000)));
  const input_ids = { type: 'int64', shape, data } as const;
  const attention_mask = { type: 'int64', shape, data: new BigInt64Array(32 * 12).fill(1n) } as const;
  let least = Infinity;
  for (let round = 0; round < 60; round += 1) {
    const began = performance.now();
    await loaded.infer({ input_ids, attention_mask });
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

const wheel = await miniLmWheel();
if ('missing' in wheel) throw new Error(wheel.missing);
const folder = await mkdtemp(join(tmpdir(), 'aiwork-measure-'));
await using runtime = createOnnxRuntime();
try {
  for (const { precision, ...bound } of forms) {
    const path = join(folder, 'model.arrow');
    const quantization = { runtime, ...bound };
    const { provenance } = await convertModel({ from: wheel.path, path, precision, quantization });
    const model = await openModel(path);
    await using loaded = await runtime.load(model.source('memory'), { threads: 1 });
    const { mean, worst } = await closeness(model, loaded, 1);
    const cosines = `${mean.toFixed(7)} mean, ${worst.toFixed(5)} worst`;
    const kept = provenance.quantization?.unquantized.length ?? 0;
    const ms = (await fastest(loaded)).toFixed(1);
    console.log(
      `${precision}, ${kept} layers kept: ${(model.bytes / 1e6).toFixed(1)} MB, ${cosines}, ${ms} ms`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
