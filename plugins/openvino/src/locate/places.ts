import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { cacheFolder } from '../cache-folder.ts';
import { pythonPackage } from './python-package.ts';
import { compareVersions } from './supported-version.ts';

/** How a place was found: by an option, a variable, as a package of Python or of the system, or as our own download. @since 0.1.0 */
export type Origin = 'option' | 'environment' | 'python' | 'system' | 'cache';

/** Where a library may be. @since 0.1.0 */
export interface Place {
  readonly origin: Origin;
  /** A folder or file. */
  readonly path: string;
  /** What says so, such as the name of a variable. */
  readonly by: string;
}

/** Set it to a library or a folder that has it, and nowhere else is looked. */
export const placeVariable = 'AIWORK_OPENVINO';

const systemFolders: Readonly<Record<string, readonly string[]>> = {
  linux: [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/local/lib',
    '/opt/intel/openvino',
  ],
  darwin: ['/opt/homebrew/lib', '/usr/local/lib', '/opt/intel/openvino'],
  win32: ['C:\\Program Files (x86)\\Intel\\openvino'],
};

/** Folders of downloaded versions, the newest first. */
export async function downloaded(folder = cacheFolder()): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => /^\d+(\.\d+)+$/.test(name))
    .sort((a, b) => compareVersions(b, a))
    .map((name) => join(folder, name));
}

/** Where the library may be, in the order in which it is taken. What the user names is the only place. */
export async function* places(given: string | undefined): AsyncGenerator<Place> {
  if (given !== undefined) {
    yield { origin: 'option', path: given, by: 'the option `library`' };
    return;
  }
  const named = process.env[placeVariable];
  if (named !== undefined && named !== '') {
    yield { origin: 'environment', path: named, by: placeVariable };
    return;
  }
  const intel = process.env['INTEL_OPENVINO_DIR'];
  if (intel !== undefined && intel !== '')
    yield { origin: 'environment', path: intel, by: 'INTEL_OPENVINO_DIR' };
  const python = await pythonPackage();
  if (python !== undefined) yield { origin: 'python', path: python, by: 'the package of Python' };
  for (const path of systemFolders[process.platform] ?? [])
    yield { origin: 'system', path, by: 'a package of the system' };
  for (const path of await downloaded()) yield { origin: 'cache', path, by: 'aiwork openvino install' };
}
