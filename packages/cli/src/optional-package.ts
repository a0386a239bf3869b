import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Where a package is that this command works without: as the files named would import it, or else beside this command.
 */
export function findPackage(name: string, files: readonly string[]): string | undefined {
  for (const from of [...files.map((file) => pathToFileURL(resolve(file)).href), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve(name)).href;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}
