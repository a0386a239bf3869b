import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

const libraryName = /^(libopenvino_c\.so(\.\d+)*|libopenvino_c(\.\d+)*\.dylib|openvino_c\.dll)$/;

/** Where the library lies in a Python package, an archive of Intel's, and a system's folders. */
const below = [
  '.',
  'libs',
  'openvino/libs',
  'lib',
  'lib/intel64',
  'lib/aarch64',
  'runtime/lib/intel64',
  'runtime/lib/aarch64',
  'runtime/lib/arm64/Release',
  'runtime/bin/intel64/Release',
];

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function inFolder(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  // Several lie beside each other where names without a version point at one with it.
  const [name] = names.filter((each) => libraryName.test(each)).sort();
  return name === undefined ? undefined : realpath(join(folder, name));
}

/** The absolute path of OpenVINO's C library: the file itself, or what lies in or below a folder. */
export async function libraryIn(place: string): Promise<string | undefined> {
  const path = resolve(place);
  if (libraryName.test(basename(path)) && (await isFile(path))) return realpath(path);
  for (const folder of below) {
    const found = await inFolder(join(path, folder));
    if (found !== undefined) return found;
  }
  return undefined;
}
