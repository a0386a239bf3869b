import type { DeviceInfo } from '@aiwork/core';
import { cacheFolder } from '../cache-folder.ts';
import { listDevices } from '../devices.ts';
import { type FoundLibrary, foundLibraries } from './find-library.ts';

/** @since 0.1.0 */
export interface OpenvinoStatus {
  /** Every OpenVINO that is there, in the order in which they are taken; the first without a `problem` is used. */
  readonly found: readonly FoundLibrary[];
  /** What the one that is used runs on. */
  readonly devices: readonly DeviceInfo[];
  /** Where {@link installOpenvino} puts what it fetches. */
  readonly cacheFolder: string;
}

/**
 * What OpenVINO there is on this machine, and what it runs on.
 *
 * @param library - as {@link OpenvinoOptions.library}
 * @throws `AIWORK_OPENVINO_UNAVAILABLE` when there is none at the place that is named.
 * @example
 * ```ts no-run: says what this machine has
 * import { openvinoStatus } from '@aiwork/openvino';
 *
 * const { found, devices } = await openvinoStatus();
 * console.log(found, devices);
 * ```
 * @since 0.1.0
 */
export async function openvinoStatus(library?: string): Promise<OpenvinoStatus> {
  const found: FoundLibrary[] = [];
  for await (const each of foundLibraries(library)) {
    if (!found.some(({ file }) => file === each.file)) found.push(each);
  }
  const used = found.find(({ problem }) => problem === undefined);
  return { found, devices: used === undefined ? [] : await devicesOf(used.file), cacheFolder: cacheFolder() };
}

async function devicesOf(file: string): Promise<readonly DeviceInfo[]> {
  const { openEngine } = await import('../engine/engine.ts');
  const engine = openEngine(file);
  try {
    return listDevices(engine);
  } finally {
    await engine.close();
  }
}
