import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';
import { serving } from './serving.fixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const weights = fileURLToPath(new URL('../../../plugins/embeddings/test/models/bert', import.meta.url));

/** Words of letters, for a model that knows 64 tokens. */
const letters = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'abcdefghijklmnopqrstuvwxyz'];
const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'BertProcessing',
    sep: ['[SEP]', 3],
    cls: ['[CLS]', 2],
  },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(letters.map((letter, id) => [letter, id])),
  },
};

let model = '';

beforeAll(async () => {
  const folder = await newFolder();
  const source = join(folder, 'tiny');
  await cp(weights, source, { recursive: true });
  await writeFile(join(source, 'tokenizer.json'), JSON.stringify(tokenizer));
  model = join(folder, 'tiny.arrow');
  const { code, stderr } = await aiwork(['model', 'convert', source, '--pooling', 'mean', '--out', model]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
});

describe('aiwork serve --model', () => {
  it('serves models by themselves, over HTTP and as tools', async () => {
    const server = await serving(['--model', `tiny=${model}`]);
    await server.seen('embeds');
    expect(server.printed()).toMatch(/^embeds +tiny, at http:.*\/embed$/m);
    const response = await fetch(`${server.url}/embed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts: ['rain', 'harbour'] }),
    });
    expect(await response.json()).toMatchObject({ model: 'tiny', dimensions: 16, truncated: [] });
    expect(await server.execute('search', { query: 'rain', texts: ['sun', 'rain'], topK: 1 })).toMatchObject({
      status: 200,
      body: { output: { hits: [{ index: 1, text: 'rain' }] } },
    });
    server.child.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
  });

  it('serves models beside flows, several of them', async () => {
    const server = await serving([
      flowFile('greet.ts'),
      '--model',
      `one=${model}`,
      '--model',
      `two=${model}`,
    ]);
    const { body } = await server.get('/info');
    expect(body.units).toBe(5);
    expect(body.extensions.embeddings.models.map(({ name }: { name: string }) => name)).toEqual([
      'one',
      'two',
    ]);
  });

  it.each([
    ['nothing at all', [], 'there is nothing to serve'],
    ['a model without a name', ['--model', 'tiny.arrow'], '--model tiny.arrow names no model and file'],
    ['a model that is not there', ['--model', 'a=no-such-file.arrow'], 'no-such-file.arrow cannot be read'],
    ['one name twice', ['--model', 'a=b.arrow', '--model', 'a=c.arrow'], 'two models have one name'],
  ])('says what is wrong with %s', async (_name, args, message) => {
    const { code, stderr } = await aiwork(['serve', ...args]);
    expect(stderr).toContain(message);
    expect(code).not.toBe(0);
  });
});
