import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lettersModel } from '../test/letters-model.fixture.ts';
import { loadEmbedder } from './load-embedder.ts';

const runtime = createOnnxRuntime();
let path = '';
beforeAll(async () => {
  path = await lettersModel();
});
afterAll(() => runtime.close());

it('embeds texts of many lengths together as it does alone', async () => {
  await using embedder = await loadEmbedder(path, { runtime, threads: 1, cacheEntries: 0, streams: 2 });
  const texts = Array.from({ length: 60 }, (_, i) => 'the harbour master wrote down every ship '.slice(0, i));
  const { vectors } = await embedder.embed(texts);
  for (const [i, text] of texts.entries()) {
    const [alone] = (await embedder.embed([text])).vectors;
    for (const [at, part] of (alone ?? []).entries())
      expect(Math.abs(part - (vectors[i]?.[at] ?? Number.NaN))).toBeLessThanOrEqual(
        embedder.capabilities.tolerance,
      );
  }
});

it('says which model it is, and what that reads', async () => {
  await using embedder = await loadEmbedder(path, { runtime });
  expect(embedder.id).toMatch(/^[0-9a-f]{32}$/);
  expect(embedder.capabilities).toMatchObject({ dimensions: 16, normalized: true, asymmetric: false });
});

it('leaves no model open when an option cannot be used', async () => {
  const opened: string[] = [];
  const watched: typeof runtime = {
    ...runtime,
    async load(source, options) {
      const model = await runtime.load(source, options);
      opened.push('opened');
      return {
        ...model,
        async close() {
          opened.push('closed');
          await model.close();
        },
      };
    },
  };
  await expect(loadEmbedder(path, { runtime: watched, maxTexts: 0 })).rejects.toThrow('maxTexts is 0');
  expect(opened).toEqual(['opened', 'closed']);
});

it('says that there is no such file', async () => {
  await expect(loadEmbedder('no-such.arrow', { runtime })).rejects.toMatchObject({
    code: 'AIWORK_MODEL_UNREADABLE',
  });
});
