import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { AiworkError, type CallOptions, type Progress } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { createOpenvinoRuntime } from '../create-openvino-runtime.ts';
import { type AccuracyDrop, accuracyDrop } from './accuracy.ts';
import { type Calibration, type CalibrationSample, readSamples, split, tensorsOf } from './calibration.ts';
import { pythonEnvironment } from './python-environment.ts';
import { quantizationFailed } from './quantization-failed.ts';
import { mark, quantizeProgram } from './quantize-program.ts';
import { runProgram } from './run-program.ts';

/** @since 0.1.0 */
export interface QuantizeOptions extends CallOptions {
  /** A model that OpenVINO reads: ONNX, IR, TensorFlow or TFLite. */
  readonly model: string;
  /** A file of JSON, a sample a line, such as `{"x": [[1, 2, 3]]}`; or the samples. At least 10. */
  readonly calibration: string | readonly CalibrationSample[];
  /** The file of the new model, which ends in `.xml`; its weights go beside it, into a `.bin`. */
  readonly out: string;
  /** The greatest {@link AccuracyDrop.drop} that is taken; a model that loses more is thrown away. Default 0.1. */
  readonly maxDrop?: number;
  /**
   * What becomes 8-bit integers: weights and what flows between layers (`full`, the default, and the faster), or the weights
   * alone (`weights`, and the more accurate).
   */
  readonly mode?: 'full' | 'weights';
  /** What the model is, for NNCF to treat the parts that lose most with care. Default: nothing special. */
  readonly architecture?: 'transformer';
  /** As `OpenvinoOptions.library`. It checks what is made. */
  readonly library?: string;
  readonly onProgress?: (progress: Progress) => void;
}

/** @since 0.1.0 */
export interface QuantizedModel extends AccuracyDrop {
  readonly path: string;
  readonly weightsPath: string;
  /** Of both files together. */
  readonly sizeBytes: number;
  readonly calibrated: number;
  readonly checked: number;
}

interface Work extends Required<Pick<QuantizeOptions, 'mode'>> {
  readonly options: QuantizeOptions;
  readonly calibration: Calibration;
  readonly folder: string;
}

/** Lets NNCF write the smaller model into the folder. */
async function runNncf({ options, calibration, folder, mode }: Work): Promise<string> {
  const { onProgress, signal } = options;
  const python = await pythonEnvironment({ onProgress, signal });
  const samples = join(folder, 'samples.jsonl');
  const out = join(folder, 'model.xml');
  await writeFile(samples, calibration.calibrating.map((sample) => JSON.stringify(sample)).join('\n'));
  const task = {
    model: resolve(options.model),
    samples,
    out,
    mode,
    transformer: options.architecture === 'transformer',
  };
  await runProgram(python, ['-c', quantizeProgram, JSON.stringify(task)], {
    signal,
    onLine(line) {
      if (!line.startsWith(mark)) return;
      const told: { stage: string; done?: number; total?: number } = JSON.parse(line.slice(mark.length));
      const { stage, done = 0, total } = told;
      onProgress?.({ done, unit: 'items', label: stage, ...(total !== undefined && { total }) });
    },
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw quantizationFailed(`NNCF cannot quantise ${options.model}: ${lastLine(error)}`, error);
  });
  return out;
}

/** Of what Python says of an error, the last line says what it is. */
const lastLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trimEnd().split('\n').at(-1) ?? '';

/** Infers with both models from samples that neither has seen. */
async function compare(
  smallerPath: string,
  { options, calibration }: Work,
  runtime: Awaited<ReturnType<typeof createOpenvinoRuntime>>,
): Promise<AccuracyDrop> {
  await using original = await runtime.load({ path: options.model });
  await using smaller = await runtime.load({ path: smallerPath });
  const total = calibration.checking.length;
  return await accuracyDrop(original, smaller, calibration.checking, (done) => {
    options.signal?.throwIfAborted();
    options.onProgress?.({ done, total, unit: 'items', label: 'checking' });
  });
}

/** Refuses samples that do not fit the model, before Python is asked for. */
async function checkSamples(
  { model: path }: QuantizeOptions,
  { calibrating, checking }: Calibration,
  runtime: Awaited<ReturnType<typeof createOpenvinoRuntime>>,
): Promise<void> {
  await using model = await runtime.load({ path });
  for (const sample of [calibrating[0], checking[0]]) {
    if (sample !== undefined) await model.infer(tensorsOf(sample, model));
  }
}

function checkOptions({ out, maxDrop = 0.1 }: QuantizeOptions): number {
  if (extname(out) !== '.xml') throw invalidArgument(`out is "${out}": give a file that ends in .xml`);
  if (Number.isFinite(maxDrop) && maxDrop >= 0) return maxDrop;
  throw invalidArgument(`maxDrop is ${maxDrop}: give a number of 0 or more`);
}

async function quantize(options: QuantizeOptions, maxDrop: number): Promise<QuantizedModel> {
  const { calibration: given, library, mode = 'full' } = options;
  const calibration = split(typeof given === 'string' ? await readSamples(given) : given);
  const path = resolve(options.out);
  const weightsPath = path.replace(/\.xml$/, '.bin');
  await using runtime = await createOpenvinoRuntime({ ...(library !== undefined && { library }) });
  await checkSamples(options, calibration, runtime);
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), '.quantizing-'));
  const work = { options, calibration, folder, mode };
  try {
    const made = await runNncf(work);
    const lost = await compare(made, work, runtime);
    if (!(lost.drop <= maxDrop)) {
      throw quantizationFailed(
        `the quantised model differs by ${lost.drop.toPrecision(3)} from the original (${lost.worstDrop.toPrecision(3)} at worst, over ${calibration.checking.length} samples), more than ${maxDrop}: it was thrown away. Give more varied samples, mode "weights", architecture "transformer" if it is one, or a greater maxDrop`,
      );
    }
    const weights = made.replace(/\.xml$/, '.bin');
    const [graph, data] = await Promise.all([stat(made), stat(weights)]);
    await rename(weights, weightsPath);
    await rename(made, path);
    const counts = { calibrated: calibration.calibrating.length, checked: calibration.checking.length };
    return { path, weightsPath, sizeBytes: graph.size + data.size, ...lost, ...counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a model of 8-bit integers of one of floats, by NNCF in a Python environment of its own, which the first call makes in
 * the user's cache. Samples that it was not calibrated with are then inferred from on both models: one that loses more than
 * `maxDrop` is refused.
 *
 * @throws `AIWORK_QUANTIZATION_FAILED`, `AIWORK_CANCELLED`, `AIWORK_INVALID_ARGUMENT`, and what loading a model throws.
 * @example
 * ```ts no-run: needs OpenVINO, Python and a model
 * import { quantizeModel } from '@aiwork/openvino';
 *
 * const made = await quantizeModel({
 *   model: 'model.onnx',
 *   calibration: 'samples.jsonl',
 *   out: 'model.int8.xml',
 *   maxDrop: 0.05,
 * });
 * console.log(`${made.sizeBytes} bytes, ${(100 * made.drop).toFixed(1)} % off`);
 * ```
 * @since 0.1.0
 */
export async function quantizeModel(options: QuantizeOptions): Promise<QuantizedModel> {
  const maxDrop = checkOptions(options);
  const { signal } = options;
  try {
    signal?.throwIfAborted();
    return await quantize(options, maxDrop);
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new AiworkError('AIWORK_CANCELLED', 'quantising the model was aborted', {
      cause: signal.reason,
      outcome: 'not-applied',
    });
  }
}
