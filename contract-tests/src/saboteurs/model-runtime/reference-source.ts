import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AiworkError, type ModelSource, type Tensor, UnsupportedCapabilityError } from '@aiwork/core';
import { checkWellFormed, invalidArgument } from '@aiwork/core/adapter-kit';
import { type OnnxInitializer, type OnnxModel, readOnnx } from '@aiwork/onnx-format';
import { operations } from './reference-operations.ts';

export type Weights = ReadonlyMap<string, Tensor>;

const unreadable = (message: string, cause?: unknown): AiworkError =>
  new AiworkError('AIWORK_MODEL_UNREADABLE', message, { cause, outcome: 'not-applied' });

/** Refuses what is no source. */
export function checkSource(source: ModelSource): void {
  if (typeof source !== 'object' || source === null) throw invalidArgument('the source is no object');
  if ('path' in source) {
    checkWellFormed(source.path, 'the path of the model');
    return;
  }
  if (![source.model, ...(source.weights?.values() ?? [])].every((bytes) => bytes instanceof Uint8Array)) {
    throw invalidArgument('the bytes of the source are no Uint8Array');
  }
}

/** The bytes of the graph. */
export async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  if ('model' in source) return source.model.slice();
  return readFile(source.path).catch((error: unknown) => {
    throw unreadable(`the model ${source.path} cannot be read`, error);
  });
}

/** The model of a file whose operations and types are all known. */
export function modelOf(bytes: Uint8Array, source: ModelSource, types: readonly string[]): OnnxModel {
  const model = parsed(bytes, source);
  const unknown = model.nodes.find(({ operator }) => !Object.hasOwn(operations, operator));
  if (unknown) {
    throw new AiworkError('AIWORK_UNKNOWN_OPERATOR', `nobody knows the operation ${unknown.operator}`, {
      outcome: 'not-applied',
    });
  }
  const strange = [...model.inputs, ...model.outputs].find(({ type }) => !types.includes(type));
  if (strange)
    throw new UnsupportedCapabilityError(`"${strange.name}" is ${strange.type}: it is not carried`);
  return model;
}

function parsed(bytes: Uint8Array, source: ModelSource): OnnxModel {
  try {
    return readOnnx(bytes);
  } catch (error) {
    throw unreadable(
      'path' in source ? `the model ${source.path} is damaged` : 'the model is damaged',
      error,
    );
  }
}

async function externalBytes(source: ModelSource, location: string): Promise<Uint8Array | undefined> {
  if ('model' in source && source.weights?.has(location)) return source.weights.get(location);
  const folder = 'path' in source ? dirname(source.path) : source.weightsFolder;
  return folder === undefined ? undefined : readFile(join(folder, location)).catch(() => undefined);
}

async function elementsOf(source: ModelSource, initializer: OnnxInitializer): Promise<Tensor> {
  if ('data' in initializer) return initializer;
  const { location, offset = 0, length } = initializer.external;
  const bytes = await externalBytes(source, location);
  const part = bytes?.slice(offset, length === undefined ? undefined : offset + length);
  const elements = initializer.shape.reduce((product, size) => product * size, 1);
  if (part === undefined || part.byteLength !== 4 * elements) throw unreadable(`${location} lacks weights`);
  return { type: 'float32', shape: initializer.shape, data: new Float32Array(Uint8Array.from(part).buffer) };
}

/** The values that are part of the model, or lie beside it. */
export async function weightsOf(model: OnnxModel, source: ModelSource): Promise<Weights> {
  const weights = new Map<string, Tensor>();
  for (const initializer of model.initializers ?? []) {
    weights.set(initializer.name, await elementsOf(source, initializer));
  }
  return weights;
}
