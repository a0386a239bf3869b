import { join } from 'node:path';
import { z } from 'zod';
import type { EncoderSpec, Pooling } from '../encoder-spec.ts';
import type { EncoderWeights } from '../encoder-weights.ts';
import { unreadable, unsupported } from '../model-error.ts';
import { readEncoderConfig } from './encoder-config.ts';
import { encoderWeightsOf } from './encoder-weights-of.ts';
import { fileDigest } from './file-digest.ts';
import { readIfThere, readJson } from './json-file.ts';
import { openWeights } from './open-weights.ts';
import { readSentenceModules } from './sentence-modules.ts';

/** A model of a Hugging Face folder, whose weights are read when they are asked for. */
export interface SourceEncoder extends AsyncDisposable {
  readonly spec: EncoderSpec;
  readonly weights: EncoderWeights;
  /** What is in `tokenizer.json`. */
  readonly tokenizer: string;
  /** SHA-256 in hexadecimal of each file that has weights, and of `tokenizer.json`. */
  digests(): Promise<Readonly<Record<string, string>>>;
}

/** Of the parts of a tokenizer that do it. */
const lowering = /"lowercase":\s*true|"type":\s*"Lowercase"/;

const tokenizerShape = z.looseObject({ model: z.looseObject({}) });

/**
 * Reads and checks a folder as Hugging Face has them: configuration, modules, tokenizer and the headers of the weights.
 *
 * @param pooling - For a folder that does not say; a folder's own word stands.
 * @throws `AIWORK_MODEL_UNREADABLE` and `AIWORK_MODEL_UNSUPPORTED`, saying what is wrong or not known.
 */
export async function readEncoder(folder: string, pooling?: Pooling): Promise<SourceEncoder> {
  const config = await readEncoderConfig(folder);
  const modules = await readSentenceModules(folder, pooling);
  const tokenizer = await readIfThere(folder, 'tokenizer.json');
  if (!tokenizer || !(await readJson(folder, 'tokenizer.json', tokenizerShape))) {
    throw unreadable(
      `${folder} has no tokenizer.json: have the tokenizer written as a fast one, which has it`,
    );
  }
  const text = tokenizer.toString('utf8');
  if (modules.lowerCase && !lowering.test(text)) {
    throw unsupported(
      'texts are to become lower case (do_lower_case), and tokenizer.json does not do that: have it put there',
    );
  }
  const { unusedPositions: _, ...transformer } = config;
  const maxTokens = Math.min(modules.maxTokens ?? config.maxTokens, config.maxTokens);
  const stored = await openWeights(folder);
  try {
    return {
      spec: {
        ...transformer,
        maxTokens,
        pooling: modules.pooling,
        normalized: modules.normalized,
        prompts: modules.prompts,
      },
      weights: encoderWeightsOf(config, stored.tensors, maxTokens),
      tokenizer: text,
      digests: async () => {
        const digests = [...stored.files, 'tokenizer.json'].map(
          async (file) => [file, await fileDigest(join(folder, file))] as const,
        );
        return Object.fromEntries(await Promise.all(digests));
      },
      [Symbol.asyncDispose]: () => stored[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stored[Symbol.asyncDispose]();
    throw error;
  }
}
