import { randomUUID } from 'node:crypto';
import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { Progress } from '@aiwork/core';
import { cacheFolder } from '../cache-folder.ts';
import { installLock } from '../install/install-lock.ts';
import { quantizationFailed } from './quantization-failed.ts';
import { runProgram } from './run-program.ts';

/** What was tried together. */
const packages = ['nncf==3.4.0', 'openvino==2026.4.1'] as const;

/** Where the environment is, once it has been made. */
export const environmentFolder = (): string => join(cacheFolder(), 'python-nncf-3.4.0');

/** How many packages that is, with all they need. */
const packageCount = 22;

export interface EnvironmentOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const pythonIn = (folder: string): string =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The Python to make an environment of: `AIWORK_PYTHON`, or the one on `PATH`. */
const systemPython = (): string =>
  process.env['AIWORK_PYTHON'] || (process.platform === 'win32' ? 'python' : 'python3');

async function create(folder: string, { onProgress, signal }: EnvironmentOptions): Promise<void> {
  const python = systemPython();
  onProgress?.({ done: 0, total: packageCount, unit: 'items', label: 'making a Python environment' });
  await runProgram(python, ['-m', 'venv', folder], { signal }).catch((error: unknown) => {
    throw quantizationFailed(
      `no Python environment can be made with ${python}: install Python 3.11 or newer with venv, or name one in AIWORK_PYTHON (${error instanceof Error ? error.message : error})`,
      error,
    );
  });
  let done = 0;
  await runProgram(pythonIn(folder), ['-m', 'pip', 'install', '--disable-pip-version-check', ...packages], {
    signal,
    onLine(line) {
      const [, name] = /^Collecting ([\w.-]+)/.exec(line) ?? [];
      if (name === undefined) return;
      done += 1;
      onProgress?.({
        done: Math.min(done, packageCount),
        total: packageCount,
        unit: 'items',
        label: `fetching ${name}`,
      });
    },
  }).catch((error: unknown) => {
    throw quantizationFailed(
      `${packages.join(' and ')} cannot be installed: ${error instanceof Error ? error.message : error}`,
      error,
    );
  });
}

/**
 * The Python that has NNCF, in an environment of its own in the user's cache, which the first call makes: some 500 MB.
 *
 * @throws `AIWORK_QUANTIZATION_FAILED` when there is no Python, or what it needs cannot be fetched.
 */
export async function pythonEnvironment(options: EnvironmentOptions): Promise<string> {
  const cache = cacheFolder();
  const folder = environmentFolder();
  if (await exists(pythonIn(folder))) return pythonIn(folder);
  using _ = await installLock(cache, options.signal);
  if (await exists(pythonIn(folder))) return pythonIn(folder);
  const draft = join(cache, `${randomUUID()}.tmp`);
  try {
    await create(draft, options);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return pythonIn(folder);
}
