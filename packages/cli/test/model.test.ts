import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, newFolder, start } from './aiwork.fixture.ts';

// Each test starts a process or several.
vi.setConfig({ testTimeout: 120_000 });

const models = fileURLToPath(new URL('../../../plugins/embeddings/test/models', import.meta.url));

/** A tiny transformer whose tokens are words, without a word on how they become one vector. */
async function bareModel(): Promise<string> {
  const folder = join(await newFolder(), 'tiny');
  await cp(join(models, 'bert'), folder, { recursive: true });
  const vocab = Object.fromEntries(Array.from({ length: 64 }, (_, id) => [`w${id}`, id]));
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    pre_tokenizer: { type: 'Whitespace' },
    model: { type: 'WordLevel', vocab, unk_token: 'w0' },
  };
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  return folder;
}

describe('aiwork model convert', () => {
  it('writes a file called after the model, and says what it is', async () => {
    const cwd = await newFolder();
    const words = ['model', 'convert', await bareModel(), '--pooling', 'cls', '--precision', 'fp16'];
    const { code, stdout, stderr } = await start(words, { cwd }).finished;
    expect(stderr).toBe('');
    expect(stdout).toBe(
      [
        'model      bert, 2 layers, 16 dimensions, cls pooling',
        'precision  fp16',
        `wrote      tiny.fp16.arrow (${((await readFile(join(cwd, 'tiny.fp16.arrow'))).byteLength / 1e6).toFixed(1)} MB)`,
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('quantizes with texts of a file, one a line', async () => {
    const folder = await bareModel();
    const texts = join(folder, 'texts.txt');
    await writeFile(
      texts,
      Array.from({ length: 20 }, (_, i) => `w${4 + i} w${40 - i} w${7 + 2 * i}\n`).join('\n'),
    );
    const out = join(folder, 'int8');
    const words = ['--pooling', 'mean', '--precision', 'int8', '--texts', texts, '--min-cosine', '0.5'];
    const { code, stdout } = await aiwork([
      'model',
      'convert',
      folder,
      ...words,
      '--out',
      out,
      '--to',
      'onnx',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      provenance: { precision: 'int8', quantization: { texts: 10 } },
      files: [{ path: join(out, 'model.onnx.data') }, {}, { path: join(out, 'model.onnx') }],
    });
  });

  it('says what is not known, and leaves nothing', async () => {
    const folder = await bareModel();
    const cwd = await newFolder();
    const refused = await start(['model', 'convert', folder], { cwd }).finished;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('choose mean, cls or max pooling');
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, model_type: 'llama' }));
    const other = await start(['model', 'convert', folder, '--pooling', 'cls'], { cwd }).finished;
    expect(other.stderr).toContain('the model is of type llama; known are bert');
    expect(await readdir(cwd)).toEqual([]);
  });

  it('says which flags do not belong together', async () => {
    const { code, stderr } = await aiwork(['model', 'convert', await bareModel(), '--min-cosine', '0.9']);
    expect(code).toBe(2);
    expect(stderr).toContain('--texts and --min-cosine are for --precision int8');
    const no = await aiwork(['model', 'convert', 'x', '--min-cosine', '2']);
    expect(no.code).toBe(2);
    expect(no.stderr).toContain('Give a number from -1 to 1.');
  });
});
