import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator } from '@aiwork/core';
import { createEmbedder, createServedModels, embeddings } from '@aiwork/embeddings';
import { expect, it, onTestFinished } from 'vitest';
import { search } from './flow.ts';
import { showHits } from './show-hits.ts';
import { splitText } from './split-text.ts';

const words = ['[UNK]', 'rain', 'umbrella', 'shoes', 'return', 'open'];
/** Rain is about umbrellas, to this model. */
const meanings = [
  [0, 0, 0.1],
  [1, 0, 0],
  [0.9, 0.1, 0],
  [0, 1, 0],
  [0, 0.9, 0.1],
  [0, 0, 1],
] as const;

const embedder = () =>
  createEmbedder({
    id: 'meanings-1',
    dimensions: 3,
    maxTokens: 64,
    normalized: false,
    tolerance: 0,
    tokenizer: JSON.stringify({
      version: '1.0',
      added_tokens: [],
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: { type: 'Whitespace' },
      model: {
        type: 'WordLevel',
        unk_token: '[UNK]',
        vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      },
    }),
    prompts: {},
    concurrency: 1,
    encode: async (batch) =>
      batch.map((ids) =>
        Float32Array.from([0, 1, 2], (axis) => ids.reduce((sum, id) => sum + (meanings[id]?.[axis] ?? 0), 0)),
      ),
    close: async () => {},
  });

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'by-meaning-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function searched(folder: string, query: string) {
  await using models = createServedModels({ model: embedder() });
  await using ai = createOrchestrator({ plugins: [embeddings(models)] });
  const run = await ai.start(search, { folder, query });
  return await run.result();
}

it('finds what means the same in other words, and where it is', async () => {
  const folder = await folderOf({
    'shop/times.md': '# Shop\n\nWe open at nine.\n\nShoes can be sent back: return them in a box.\n',
    'weather.txt': 'An umbrella is at the door.\n',
    'node_modules/x/readme.md': 'rain rain rain',
    '.hidden.md': 'rain rain rain',
    'picture.png': 'rain rain rain',
  });
  const hits = await searched(folder, 'rain');
  expect(hits[0]).toMatchObject({ file: 'weather.txt', line: 1, text: 'An umbrella is at the door.' });
  expect(hits).toHaveLength(3);
  const [best] = await searched(folder, 'shoes return');
  expect(best).toMatchObject({ file: join('shop', 'times.md'), line: 5 });
});

it('finds nothing in an empty folder, and says so', async () => {
  const hits = await searched(await folderOf({}), 'rain');
  expect(hits).toEqual([]);
  expect(showHits(hits)).toBe('There is no text in this folder.\n');
});

it('cuts long paragraphs where lines end, and knows their lines', () => {
  const passages = splitText(
    'a.md',
    Array.from({ length: 40 }, (_, i) => `line ${i} ${'x'.repeat(80)}`).join('\n'),
  );
  expect(passages.length).toBeGreaterThan(3);
  for (const { line, text } of passages) {
    expect(text.length).toBeLessThanOrEqual(900);
    expect(text.startsWith(`line ${line - 1} `)).toBe(true);
  }
});

it('shows a hit on two lines, however long it is', () => {
  const shown = showHits([{ file: 'a.md', line: 7, text: `one\n${'two '.repeat(100)}`, score: 0.5 }]);
  expect(shown).toMatch(/^0\.50 {2}a\.md:7\n {6}one two .*…\n$/);
});
