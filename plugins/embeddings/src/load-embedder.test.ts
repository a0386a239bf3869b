import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lettersModel } from '../test/letters-model.fixture.ts';
import { temporaryFolder } from '../test/model-folder.fixture.ts';
import { loadEmbedder } from './load-embedder.ts';
import { openModel } from './model/file/open-model.ts';

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

/** The runtime, and what became of the models that it loaded. */
function watchedRuntime() {
  const seen: string[] = [];
  const watched: typeof runtime = {
    ...runtime,
    async load(source, options) {
      const model = await runtime.load(source, options);
      seen.push('opened');
      return {
        ...model,
        async close() {
          seen.push('closed');
          await model.close();
        },
      };
    },
  };
  return { seen, watched };
}

it('leaves no model open when an option cannot be used', async () => {
  const { seen, watched } = watchedRuntime();
  await expect(loadEmbedder(path, { runtime: watched, maxTexts: 0 })).rejects.toThrow('maxTexts is 0');
  expect(seen).toEqual(['opened', 'closed']);
});

it('refuses a file of which a byte has changed, also where the engine took it', async () => {
  const bytes = await readFile(path);
  const { tensor } = await openModel(path);
  const at = tensor('embeddings.word').byteOffset + 5;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await using folder = await temporaryFolder();
  const changed = join(folder.path, 'changed.arrow');
  await writeFile(changed, bytes);
  const { seen, watched } = watchedRuntime();
  await expect(loadEmbedder(changed, { runtime: watched })).rejects.toMatchObject({
    code: 'AIWORK_MODEL_UNREADABLE',
    message: expect.stringContaining('embeddings.word is not what was written'),
  });
  expect(seen).toEqual(['opened', 'closed']);
});

it('says what the engine says when it cannot load', async () => {
  const refused = new Error('no room');
  const refusing: typeof runtime = { ...runtime, load: () => Promise.reject(refused) };
  await expect(loadEmbedder(path, { runtime: refusing })).rejects.toBe(refused);
});

it('says that there is no such file', async () => {
  await expect(loadEmbedder('no-such.arrow', { runtime })).rejects.toMatchObject({
    code: 'AIWORK_MODEL_UNREADABLE',
  });
});
