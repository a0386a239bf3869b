import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import process from 'node:process';
import type { ConvertedModel, ConvertOptions, QuantizationOptions } from '@aiwork/embeddings';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { conversionProgress } from '../model/conversion-progress.ts';
import { embeddingsPackage, onnxRuntimePackage } from '../model/embeddings-package.ts';
import { reasonOf } from '../reason-of.ts';
import { type Fact, factLines } from '../terminal/fact-lines.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { UsageError } from '../usage-error.ts';

type Written = NonNullable<ConvertOptions['to']>;
type Precision = NonNullable<ConvertOptions['precision']>;

export interface ModelConvertOptions {
  readonly to: Written;
  readonly precision: Precision;
  readonly out?: string;
  readonly pooling?: NonNullable<ConvertOptions['pooling']>;
  readonly texts?: string;
  readonly minCosine?: number;
  readonly endpoint?: string;
  readonly json?: boolean;
}

/** `aiwork model convert`: writes an embedding model as a file that is opened in a moment. */
export async function modelConvert(from: string, options: ModelConvertOptions): Promise<ExitCode> {
  const { to, precision, pooling, endpoint, json } = options;
  if (precision !== 'int8' && (options.texts !== undefined || options.minCosine !== undefined)) {
    throw new UsageError('--texts and --min-cosine are for --precision int8', {
      hint: 'leave them out, or say --precision int8',
    });
  }
  const { convertModel } = await embeddingsPackage();
  return untilInterrupted('nothing was written', async (signal) => {
    using progress = conversionProgress();
    await using runtime = precision === 'int8' ? await openRuntime() : undefined;
    const converted = await convertModel({
      from,
      to,
      precision,
      path: options.out ?? defaultPath(from, to, precision),
      ...(pooling && { pooling }),
      ...(endpoint !== undefined && { endpoint }),
      ...(runtime && { quantization: await quantization(runtime, options) }),
      onProgress: progress.tell,
      signal,
    });
    writeOut(json ? `${toJson(converted)}\n` : summary(converted));
    return exitCode.ok;
  });
}

async function openRuntime(): Promise<QuantizationOptions['runtime'] & AsyncDisposable> {
  const { createOnnxRuntime } = await onnxRuntimePackage();
  return createOnnxRuntime();
}

async function quantization(
  runtime: QuantizationOptions['runtime'],
  { texts, minCosine }: ModelConvertOptions,
): Promise<QuantizationOptions> {
  return {
    runtime,
    ...(texts !== undefined && { texts: await readLines(texts) }),
    ...(minCosine !== undefined && { minCosine }),
  };
}

async function readLines(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(cause)}`, {
      hint: 'give a file of a text a line',
    });
  }
}

/** Beside where the command runs, called after the model. */
function defaultPath(from: string, to: Written, precision: Precision): string {
  const name = basename(resolve(from)).replace(/\.whl$|@.*$/, '');
  return `${name}.${precision}.${to}`;
}

function summary({ spec, provenance, files }: ConvertedModel): string {
  const facts: Fact[] = [
    [
      'model',
      `${spec.architecture}, ${spec.layers} layers, ${spec.hidden} dimensions, ${spec.pooling} pooling`,
    ],
    ['precision', provenance.precision],
    ...quantizationFacts(provenance),
    ...files.map(({ path, bytes }): Fact => ['wrote', `${path} (${(bytes / 1e6).toFixed(1)} MB)`]),
  ];
  return `${factLines(facts, paintFor(process.stdout)).join('\n')}\n`;
}

function quantizationFacts({ quantization }: ConvertedModel['provenance']): readonly Fact[] {
  if (!quantization) return [];
  const { meanCosine, worstCosine, texts, unquantized } = quantization;
  const closeness = `${meanCosine.toFixed(4)} in the mean of ${texts} texts, ${worstCosine.toFixed(4)} at worst`;
  return [
    ['cosine', closeness],
    ...(unquantized.length > 0 ? [['in floats', unquantized.join(', ')] as const] : []),
  ];
}
