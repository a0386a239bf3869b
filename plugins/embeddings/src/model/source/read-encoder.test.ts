import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelFolder, type TemporaryFolder, writeJson } from '../../../test/model-folder.fixture.ts';
import { readEncoder } from './read-encoder.ts';

async function change(
  folder: TemporaryFolder,
  name: string,
  to: (json: Record<string, unknown>) => unknown,
): Promise<void> {
  const json = JSON.parse(await readFile(join(folder.path, name), 'utf8'));
  await writeJson(folder, name, to(json));
}

const config = (changes: Record<string, unknown>) => (folder: TemporaryFolder) =>
  change(folder, 'config.json', (json) => ({ ...json, ...changes }));

/** Changes the header of the weights without moving any of them. */
const header = (from: string, to: string) => async (folder: TemporaryFolder) => {
  const path = join(folder.path, 'model.safetensors');
  const bytes = await readFile(path);
  const at = bytes.indexOf(from);
  expect(from.length).toBe(to.length);
  bytes.write(to, at, 'latin1');
  await writeFile(path, bytes);
};

describe('readEncoder', () => {
  it('reads what a model is', async () => {
    await using folder = await modelFolder('mpnet', { pooling: 'cls', normalized: true });
    await writeJson(folder, 'sentence_bert_config.json', { max_seq_length: 100 });
    await writeJson(folder, 'config_sentence_transformers.json', {
      prompts: { query: 'query: ', passage: 'passage: ' },
    });
    await using encoder = await readEncoder(folder.path);
    expect(encoder.spec).toEqual({
      architecture: 'mpnet',
      layers: 2,
      hidden: 16,
      heads: 2,
      intermediate: 32,
      vocabulary: 64,
      maxTokens: 100,
      activation: 'gelu',
      layerNormEpsilon: 1e-5,
      pooling: 'cls',
      normalized: true,
      prompts: { query: 'query: ', document: 'passage: ' },
    });
  });

  it('takes the prompt that is the default for what has none of its own', async () => {
    await using folder = await modelFolder('bert');
    await writeJson(folder, 'config_sentence_transformers.json', {
      prompts: { query: 'find: ', all: 'text: ' },
      default_prompt_name: 'all',
    });
    await using encoder = await readEncoder(folder.path);
    expect(encoder.spec.prompts).toEqual({ query: 'find: ', document: 'text: ' });
  });

  it('leaves lower case to the tokenizer', async () => {
    await using folder = await modelFolder('bert');
    await writeJson(folder, 'sentence_bert_config.json', { do_lower_case: true });
    await expect(readEncoder(folder.path)).rejects.toThrow('to become lower case (do_lower_case)');
    await change(folder, 'tokenizer.json', (json) => ({ ...json, normalizer: { type: 'Lowercase' } }));
    await using encoder = await readEncoder(folder.path);
    expect(encoder.spec.hidden).toBe(16);
  });

  it('takes no more tokens than there are positions, whatever a file says', async () => {
    await using folder = await modelFolder('roberta');
    await writeJson(folder, 'sentence_bert_config.json', { max_seq_length: 4096 });
    await using encoder = await readEncoder(folder.path);
    expect(encoder.spec.maxTokens).toBe(144);
  });

  it('has to be told the pooling of a bare transformer', async () => {
    await using folder = await modelFolder('bert');
    await rm(join(folder.path, 'modules.json'));
    await expect(readEncoder(folder.path)).rejects.toThrow('choose mean, cls or max pooling');
    await using encoder = await readEncoder(folder.path, 'max');
    expect(encoder.spec.pooling).toBe('max');
  });

  it.each<[what: string, spoil: (folder: TemporaryFolder) => Promise<unknown>, message: string]>([
    [
      'an architecture',
      config({ model_type: 'distilbert' }),
      'the model is of type distilbert; known are bert, roberta, xlm-roberta',
    ],
    ['an activation', config({ hidden_act: 'silu' }), 'the activation silu'],
    [
      'kinds of positions',
      config({ position_embedding_type: 'relative_key' }),
      'positions of type relative_key',
    ],
    ['a decoder', config({ is_decoder: true }), 'the model is a decoder'],
    ['quantized weights', config({ quantization_config: { bits: 4 } }), 'the weights are quantized already'],
    [
      'a tensor',
      header('"encoder.layer.1.output.dense.bias"', '"encoder.layer.1.output.adapt.bias"'),
      'no tensor encoder.layer.1.output.dense.bias',
    ],
    [
      'a module',
      (folder) =>
        change(folder, 'modules.json', (json) => [
          ...Object.values(json),
          { type: 'sentence_transformers.models.Dense', path: '3_Dense' },
        ]),
      'the module sentence_transformers.models.Dense',
    ],
    [
      'a pooling',
      (folder) => writeJson(folder, '1_Pooling/config.json', { pooling_mode_weightedmean_tokens: true }),
      'has the pooling weightedmean_tokens; known are mean, cls, max',
    ],
    [
      'a pooling that leaves prompts out',
      (folder) => change(folder, '1_Pooling/config.json', (json) => ({ ...json, include_prompt: false })),
      'leaves prompts out of the pooling (include_prompt)',
    ],
    [
      'two poolings at once',
      (folder) =>
        change(folder, '1_Pooling/config.json', (json) => ({ ...json, pooling_mode_max_tokens: true })),
      'has the pooling mean_tokens with max_tokens',
    ],
  ])('refuses what it does not know: %s', async (_, spoil, message) => {
    await using folder = await modelFolder('bert');
    await spoil(folder);
    await expect(readEncoder(folder.path)).rejects.toThrow(message);
  });

  it.each<[what: string, spoil: (folder: TemporaryFolder) => Promise<unknown>, message: string]>([
    ['config.json', (folder) => rm(join(folder.path, 'config.json')), 'has no config.json'],
    ['tokenizer.json', (folder) => rm(join(folder.path, 'tokenizer.json')), 'has no tokenizer.json'],
    ['weights', (folder) => rm(join(folder.path, 'model.safetensors')), 'has no model.safetensors'],
    [
      'a pooling',
      (folder) => rm(join(folder.path, '1_Pooling'), { recursive: true }),
      'modules.json names 1_Pooling/config.json',
    ],
    ['JSON', (folder) => writeFile(join(folder.path, 'config.json'), '{'), 'config.json in'],
    ['numbers', config({ hidden_size: -1 }), '→ at hidden_size'],
    ['heads that divide', config({ num_attention_heads: 3 }), 'which 3 heads do not divide'],
    [
      'shapes that fit',
      config({ intermediate_size: 64 }),
      'encoder.layer.0.intermediate.dense.weight is of shape [32, 16], and [64, 16] by config.json',
    ],
    ['layers', config({ num_hidden_layers: 3 }), 'no tensor encoder.layer.2.'],
  ])('refuses what is missing or wrong: %s', async (_, spoil, message) => {
    await using folder = await modelFolder('bert');
    await spoil(folder);
    await expect(readEncoder(folder.path)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNREADABLE',
      message: expect.stringContaining(message),
    });
  });

  it('refuses layers that config.json does not speak of', async () => {
    await using folder = await modelFolder('bert');
    await config({ num_hidden_layers: 1 })(folder);
    await expect(readEncoder(folder.path)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNSUPPORTED',
      message: expect.stringContaining('the tensor encoder.layer.1.'),
    });
  });

  it('says why weights of PyTorch itself are refused', async () => {
    await using folder = await modelFolder('bert');
    await rename(join(folder.path, 'model.safetensors'), join(folder.path, 'pytorch_model.bin'));
    await expect(readEncoder(folder.path)).rejects.toThrow('a program as much as data');
  });
});
