import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import type { Verdict } from './gate.ts';
import { npmProject } from './npm-project.ts';
import type { Tarball } from './tarballs.ts';

const maxInstalledBytes = 1_000_000;
const maxImportedBytes = 320_000;
const maxImportedFiles = 12;

/** What importing a package made Node read. */
interface Imported {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Installs core's tarball alone, and holds its size with dependencies, and what its import reads, to their limits. How
 * long that takes depends on who else the machine works for: the benchmarks tell.
 */
export async function coreFootprint(tarballs: readonly Tarball[], folder: string): Promise<Verdict> {
  const project = await npmProject(
    join(folder, 'footprint'),
    tarballs.filter(({ name }) => name === '@aiwork/core'),
  );
  const installed = await sizeOf(join(project, 'node_modules'));
  const { files, bytes } = await importedBy(project);
  const fits = installed <= maxInstalledBytes && bytes <= maxImportedBytes && files <= maxImportedFiles;
  const limits = [
    `${inKilobytes(installed)} kB installed (at most ${inKilobytes(maxInstalledBytes)})`,
    `its import reads ${inKilobytes(bytes)} kB (at most ${inKilobytes(maxImportedBytes)}) in ${files} files (at most ${maxImportedFiles})`,
  ];
  return { status: fits ? 'passed' : 'failed', note: limits.join(', ') };
}

const inKilobytes = (bytes: number) => Math.round(bytes / 1000);

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

async function importedBy(project: string): Promise<Imported> {
  const script = `
    import { registerHooks } from 'node:module';
    const imported = { files: 0, bytes: 0 };
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        if (url.startsWith('file:')) {
          imported.files += 1;
          imported.bytes += loaded.source.length;
        }
        return loaded;
      },
    });
    await import('@aiwork/core');
    console.log(JSON.stringify(imported));`;
  const { ok, output } = await command('node', ['--input-type=module', '-e', script], { cwd: project });
  if (!ok) throw new Error(`importing @aiwork/core failed:\n${output}`);
  return JSON.parse(output);
}
