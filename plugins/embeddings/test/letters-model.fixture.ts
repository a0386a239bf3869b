import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertModel } from '../src/model/convert-model.ts';

const weights = fileURLToPath(new URL('./models/bert', import.meta.url));

/** Every letter is a token: what other texts are made of is unknown to the model. */
const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'abcdefghijklmnopqrstuvwxyz .?ü'];
const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  model: {
    type: 'WordLevel',
    unk_token: '[UNK]',
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
  },
};

const modules = [
  { type: 'sentence_transformers.models.Transformer', path: '' },
  { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
  { type: 'sentence_transformers.models.Normalize', path: '2_Normalize' },
];

/** The path of a tiny model of random weights that reads letters; it goes away with the process. */
export async function lettersModel(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-letters-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await cp(weights, folder, { recursive: true });
  await mkdir(join(folder, '1_Pooling'));
  const pooling = { word_embedding_dimension: 16, pooling_mode_mean_tokens: true };
  for (const [name, value] of Object.entries({
    'tokenizer.json': tokenizer,
    'modules.json': modules,
    '1_Pooling/config.json': pooling,
  }))
    await writeFile(join(folder, name), JSON.stringify(value));
  const path = join(folder, 'letters.arrow');
  await convertModel({ from: folder, path });
  return path;
}
