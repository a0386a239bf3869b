import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelRuntime } from '@aiwork/core';
import { afterAll, beforeAll } from 'vitest';
import { createOpenvinoRuntime } from '../src/index.ts';

/** OpenVINO, and a folder for the files that it reads. */
export interface SavedModels {
  readonly runtime: ModelRuntime;
  readonly folder: string;
  /** Writes a file into the folder; where it is. */
  saved(name: string, bytes: string | Uint8Array): Promise<string>;
}

/** They are there for the tests of the `describe` that asks for them, before the first and until after the last. */
export function savedModels(): SavedModels {
  let runtime: ModelRuntime;
  let folder: string;
  beforeAll(async () => {
    runtime = await createOpenvinoRuntime();
    folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
  });
  afterAll(async () => {
    await runtime.close();
    await rm(folder, { recursive: true });
  });
  return {
    get runtime() {
      return runtime;
    },
    get folder() {
      return folder;
    },
    async saved(name, bytes) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    },
  };
}
