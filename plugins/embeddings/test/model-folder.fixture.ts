import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pooling } from '../src/model/encoder-spec.ts';

const models = fileURLToPath(new URL('./models', import.meta.url));

/** A word is a token, of as many as the tiny models know: those called `w4` to `w63`. */
const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(Array.from({ length: 64 }, (_, id) => [`w${id}`, id])),
    unk_token: 'w3',
  },
};

/** A folder that goes away with its scope. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'aiwork-embeddings-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A tiny model as sentence-transformers writes them, in a folder that may be spoiled. */
export async function modelFolder(
  kind: 'bert' | 'roberta' | 'mpnet',
  {
    pooling = 'mean',
    normalized = false,
  }: { readonly pooling?: Pooling; readonly normalized?: boolean } = {},
): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await cp(join(models, kind), folder.path, { recursive: true });
  await writeJson(folder, 'tokenizer.json', tokenizer);
  const modules = [
    { type: 'sentence_transformers.models.Transformer', path: '' },
    { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
    ...(normalized ? [{ type: 'sentence_transformers.models.Normalize', path: '2_Normalize' }] : []),
  ];
  await writeJson(folder, 'modules.json', modules);
  await cp(join(models, kind, 'config.json'), join(folder.path, '1_Pooling', 'config.json'));
  const mode = pooling === 'max' ? 'max_tokens' : pooling === 'cls' ? 'cls_token' : 'mean_tokens';
  await writeJson(folder, '1_Pooling/config.json', {
    word_embedding_dimension: 16,
    pooling_mode_cls_token: false,
    pooling_mode_mean_tokens: false,
    pooling_mode_max_tokens: false,
    [`pooling_mode_${mode}`]: true,
  });
  return folder;
}

export async function writeJson(folder: TemporaryFolder, name: string, value: unknown): Promise<void> {
  await writeFile(join(folder.path, name), JSON.stringify(value));
}

/** A SafeTensors file of tensors of floats, or of whatever its header is made to say. */
export function safetensors(
  tensors: Readonly<Record<string, readonly number[]>>,
  change: (
    header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>,
  ) => void = () => {},
): Buffer {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { length }]) => {
      const begin = end;
      end += 4 * length;
      return [name, { dtype: 'F32', shape: [length], data_offsets: [begin, end] }];
    }),
  );
  change(header);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  return Buffer.concat([length, json, Buffer.from(Float32Array.from(Object.values(tensors).flat()).buffer)]);
}
