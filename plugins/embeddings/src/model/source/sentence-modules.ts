import { join } from 'node:path';
import { z } from 'zod';
import type { EncoderSpec, Pooling } from '../encoder-spec.ts';
import { unreadable, unsupported } from '../model-error.ts';
import { readJson } from './json-file.ts';

/** What becomes of the transformer's output, and how many tokens it is given. */
export interface SentenceModules {
  readonly pooling: Pooling;
  readonly normalized: boolean;
  readonly prompts: EncoderSpec['prompts'];
  readonly maxTokens?: number;
  /** Whether texts become lower case before the tokenizer reads them. */
  readonly lowerCase: boolean;
}

const modulesShape = z.array(z.looseObject({ path: z.string(), type: z.string() }));
const transformerShape = z.looseObject({
  max_seq_length: z.int().positive().nullish(),
  do_lower_case: z.boolean().nullish(),
});
const sentenceShape = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});
const poolingShape = z.looseObject({
  pooling_mode: z.string().nullish(),
  include_prompt: z.boolean().nullish(),
});

const poolings: ReadonlyMap<string, Pooling> = new Map([
  ['mean', 'mean'],
  ['mean_tokens', 'mean'],
  ['cls', 'cls'],
  ['cls_token', 'cls'],
  ['max', 'max'],
  ['max_tokens', 'max'],
]);

/**
 * Reads what sentence-transformers wrote beside a transformer: `modules.json` and what it names.
 *
 * @throws `AIWORK_MODEL_UNSUPPORTED` where the model does what is not known, saying what.
 */
export async function readSentenceModules(
  folder: string,
  chosen: Pooling | undefined,
): Promise<SentenceModules> {
  const modules = await readJson(folder, 'modules.json', modulesShape);
  if (!modules) {
    if (chosen) return { pooling: chosen, normalized: true, prompts: {}, lowerCase: false };
    throw unsupported(
      `${folder} has no modules.json, and so does not say how tokens become the vector of a text: choose mean, cls or max pooling`,
    );
  }
  const kinds = modules.map(({ type }) => type.slice(type.lastIndexOf('.') + 1));
  const strange = kinds.findIndex((kind) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
  if (strange >= 0) {
    throw unsupported(
      `modules.json names the module ${modules[strange]?.type}; known are Transformer, Pooling, Normalize`,
    );
  }
  if (!['Transformer,Pooling', 'Transformer,Pooling,Normalize'].includes(kinds.join())) {
    throw unsupported(
      `modules.json has the modules ${kinds.join(', ')}; known is Transformer, Pooling, then Normalize or nothing`,
    );
  }
  const path = modules[1]?.path ?? '';
  if (!/^[\w.-]+$/.test(path) || path === '..') {
    throw unreadable(`modules.json names the folder ${JSON.stringify(path)}, which is none of the model's`);
  }
  const transformer = await readJson(folder, 'sentence_bert_config.json', transformerShape);
  return {
    pooling: await readPooling(folder, path),
    normalized: kinds.length === 3,
    prompts: await readPrompts(folder),
    lowerCase: transformer?.do_lower_case === true,
    ...(transformer?.max_seq_length && { maxTokens: transformer.max_seq_length }),
  };
}

async function readPooling(folder: string, path: string): Promise<Pooling> {
  const name = join(path, 'config.json');
  const config = await readJson(folder, name, poolingShape);
  if (!config) throw unreadable(`modules.json names ${name}, which ${folder} does not have`);
  if (config.include_prompt === false) {
    throw unsupported(`${name} leaves prompts out of the pooling (include_prompt), which is not known`);
  }
  const modes = config.pooling_mode
    ? [config.pooling_mode]
    : Object.keys(config).flatMap((key) =>
        key.startsWith('pooling_mode_') && config[key] === true ? [key.slice('pooling_mode_'.length)] : [],
      );
  const [mode] = modes;
  const pooling = mode !== undefined && modes.length === 1 ? poolings.get(mode) : undefined;
  if (pooling) return pooling;
  throw unsupported(
    `${name} has the pooling ${modes.join(' with ') || 'of no kind'}; known are mean, cls, max`,
  );
}

async function readPrompts(folder: string): Promise<EncoderSpec['prompts']> {
  const name = 'config_sentence_transformers.json';
  const config = await readJson(folder, name, sentenceShape);
  const prompts = config?.prompts ?? {};
  const otherwise = prompts[config?.default_prompt_name ?? ''];
  const query = prompts['query'] ?? otherwise;
  const document = prompts['document'] ?? prompts['passage'] ?? otherwise;
  return { ...(query && { query }), ...(document && { document }) };
}
