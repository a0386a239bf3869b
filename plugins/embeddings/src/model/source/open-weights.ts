import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unreadable, unsupported } from '../model-error.ts';
import { readIfThere, readJson } from './json-file.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';

/** The tensors of a model, in one file or in several. */
export interface OpenWeights extends AsyncDisposable {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The files they are in. */
  readonly files: readonly string[];
}

const whole = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';
const indexShape = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens the weights of a model: `model.safetensors`, or the shards that its index names.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` naming the shard or the tensor that is missing, is there twice, or is not in the index.
 */
export async function openWeights(folder: string): Promise<OpenWeights> {
  const index = await readJson(folder, indexFile, indexShape);
  const files = index ? shardsOf(index.weight_map) : [whole];
  const handles: FileHandle[] = [];
  const dispose = async () => {
    await Promise.all(handles.map((handle) => handle.close()));
  };
  try {
    const tensors = new Map<string, StoredTensor>();
    for (const file of files) {
      const handle = await openShard(folder, file);
      handles.push(handle);
      for (const [name, tensor] of await readSafetensors(handle, file)) {
        checkIndexed(name, file, tensors, index?.weight_map);
        tensors.set(name, tensor);
      }
    }
    for (const [name, file] of Object.entries(index?.weight_map ?? {})) {
      if (!tensors.has(name))
        throw unreadable(`${file} does not have ${name}, which ${indexFile} says it has`);
    }
    return { tensors, files, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function shardsOf(weightMap: Readonly<Record<string, string>>): readonly string[] {
  const files = [...new Set(Object.values(weightMap))].sort();
  const strange = files.find((file) => !/^[\w.-]+\.safetensors$/.test(file));
  if (strange !== undefined) throw unreadable(`${indexFile} names the file ${JSON.stringify(strange)}`);
  for (const file of files) {
    const total = Number(/-of-(\d+)\.safetensors$/.exec(file)?.[1] ?? files.length);
    if (total !== files.length) {
      throw unreadable(
        `${indexFile} names ${files.length} shards, one of which is ${file}: some are missing`,
      );
    }
  }
  return files;
}

function checkIndexed(
  name: string,
  file: string,
  known: ReadonlyMap<string, StoredTensor>,
  weightMap: Readonly<Record<string, string>> | undefined,
): void {
  if (known.has(name)) throw unreadable(`${name} is in two shards, one of which is ${file}`);
  if (weightMap && weightMap[name] !== file) {
    throw unreadable(`${file} has ${name}, which ${indexFile} does not say`);
  }
}

async function openShard(folder: string, file: string): Promise<FileHandle> {
  try {
    return await open(join(folder, file));
  } catch (error) {
    if (file === whole && (await readIfThere(folder, 'pytorch_model.bin'))) {
      throw unsupported(
        `${folder} has its weights in pytorch_model.bin alone, which is a program as much as data; have them written as model.safetensors`,
      );
    }
    throw unreadable(`${folder} has no ${file}: ${String(error)}`, error);
  }
}
