import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import type { ModelPlaces } from './subject.ts';

export type Precision = 'fp32' | 'fp16' | 'int8';

/** A model in every form that is measured. */
export interface ModelFiles extends AsyncDisposable {
  readonly places: ReadonlyMap<Precision, ModelPlaces>;
  /** Size of the file, by precision. */
  readonly bytes: ReadonlyMap<Precision, number>;
}

/** Converts a model. What is written goes away with the scope. */
export async function modelFiles(from: string, precisions: readonly Precision[]): Promise<ModelFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-inference-'));
  const places = new Map<Precision, ModelPlaces>();
  const bytes = new Map<Precision, number>();
  await using runtime = createOnnxRuntime();
  for (const precision of precisions) {
    const place = { arrow: join(folder, `${precision}.arrow`), onnx: join(folder, precision) };
    const how = { from, precision, ...(precision === 'int8' && { quantization: { runtime } }) };
    const { files } = await convertModel({ ...how, path: place.arrow });
    await convertModel({ ...how, path: place.onnx, to: 'onnx' });
    // For who reads the tokenizer and the kind of model from beside the graph.
    for (const file of ['config.json', 'tokenizer_config.json'])
      await cp(join(from, file), join(place.onnx, file));
    places.set(precision, place);
    bytes.set(precision, files[0]?.bytes ?? Number.NaN);
  }
  return { places, bytes, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
