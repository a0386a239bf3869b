import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LoadedModel, Tensor } from '@aiwork/core';
import { AiworkError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { type NestedNumbers, toTensor } from '../simple/to-tensor.ts';

/** What one inference is given, by the names of the inputs. @since 0.1.0 */
export type CalibrationSample = Readonly<Record<string, NestedNumbers>>;

/** Samples that the model is made smaller by, and others that it is checked with. */
export interface Calibration {
  readonly calibrating: readonly CalibrationSample[];
  readonly checking: readonly CalibrationSample[];
}

/** Fewer say nothing of what a model loses. */
export const leastSamples = 10;

/** One of so many samples is for checking alone. */
const checkedShare = 5;

const isRecord = (value: unknown): value is CalibrationSample =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The samples of a file of JSON lines.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, naming the line.
 */
export async function readSamples(file: string): Promise<readonly CalibrationSample[]> {
  const samples: CalibrationSample[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(file, 'utf8'),
      crlfDelay: Infinity,
    })) {
      line += 1;
      if (text.trim() === '') continue;
      const sample: unknown = JSON.parse(text);
      if (!isRecord(sample)) throw new Error('it is no object');
      samples.push(sample);
    }
  } catch (error) {
    const where = error instanceof Error && 'syscall' in error ? file : `line ${line} of ${file}`;
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `${where} cannot be read (${error instanceof Error ? error.message : error}): give a file of JSON, a sample a line, such as {"x": [[1, 2, 3]]}`,
      { outcome: 'not-applied', cause: error },
    );
  }
  return samples;
}

/** Tensors of a sample, in the types of the model. */
export function tensorsOf(
  sample: CalibrationSample,
  { inputs }: LoadedModel,
): Readonly<Record<string, Tensor>> {
  const types = new Map(inputs.map(({ name, type }) => [name, type]));
  const entries = Object.entries(sample);
  return Object.fromEntries(
    entries.map(([name, nested]) => [name, toTensor(name, types.get(name) ?? 'float32', nested)]),
  );
}

/** Keeps some of the samples apart: a model is not to be checked with what it was fitted to. */
export function split(samples: readonly CalibrationSample[]): Calibration {
  if (samples.length < leastSamples) {
    throw invalidArgument(
      `there are ${samples.length} samples: give at least ${leastSamples}, and better some hundreds, as varied as what the model will be given`,
    );
  }
  const isChecked = (_: CalibrationSample, index: number): boolean =>
    index % checkedShare === checkedShare - 1;
  return {
    calibrating: samples.filter((sample, index) => !isChecked(sample, index)),
    checking: samples.filter(isChecked),
  };
}
