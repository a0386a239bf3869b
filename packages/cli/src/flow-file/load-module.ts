import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AiworkError } from '@aiwork/core';
import { reasonOf } from '../reason-of.ts';
import { didYouMean } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';
import { enableTypeStripping } from './type-stripping.ts';

const extensions = ['.ts', '.mts', '.js', '.mjs'];

/** Whether a file is named as modules are. */
export function isModuleName(path: string): boolean {
  return extensions.includes(extname(path));
}

/**
 * What a module of the user's exports.
 *
 * @throws `AIWORK_USAGE` when there is no such file, `AIWORK_FLOW_FILE` when it cannot be imported.
 */
export async function loadModule(path: string): Promise<Record<string, unknown>> {
  const full = resolve(path);
  await requireFile(full, path);
  enableTypeStripping(full);
  return importModule(full, path);
}

async function requireFile(full: string, path: string): Promise<void> {
  const found = await stat(full).catch(() => undefined);
  if (found === undefined) {
    const beside = await readdir(dirname(full)).catch(() => []);
    const candidates = beside.filter((name) => extensions.includes(extname(name)));
    const meant = didYouMean(basename(full), candidates);
    throw new UsageError(`there is no file ${path}${meant && `.${meant}`}`);
  }
  if (!found.isFile()) throw new UsageError(`${path} is no file: name the module that exports the flow`);
  if (!isModuleName(full)) {
    throw new UsageError(`${path} is no flow file: its name has to end with ${extensions.join(', ')}`);
  }
}

async function importModule(full: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(full).href)) as Record<string, unknown>;
  } catch (error) {
    const failure = new AiworkError(
      'AIWORK_FLOW_FILE',
      `cannot load ${path}: ${reasonOf(error)}${placeOf(error)}`,
      {
        cause: error,
      },
    );
    if (error instanceof Error && error.stack) failure.stack = error.stack;
    const hint = hintFor(error, path);
    throw hint === undefined ? failure : Object.assign(failure, { hint });
  }
}

/** Where a syntax error in TypeScript is: Node puts it in front of the stack. */
function placeOf(error: unknown): string {
  const place = error instanceof Error ? /^(file:.*:\d+)$/m.exec(error.stack ?? '')?.[1] : undefined;
  return place === undefined ? '' : ` at ${place.replace(/^file:\/\//, '')}`;
}

function hintFor(error: unknown, path: string): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' || /strip-only mode/.test(reasonOf(error))) {
    return 'Node runs TypeScript by erasing types: enums, namespaces and parameter properties have to be written as plain JavaScript';
  }
  if (/import statement outside a module|Unexpected token 'export'/.test(reasonOf(error))) {
    return `say "type": "module" in package.json, or give ${path} the ending .mjs or .mts`;
  }
  if (error instanceof SyntaxError && placeOf(error) === '') {
    return `node --check ${path} shows the place, unless it is in a file that this one imports`;
  }
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const missing = /Cannot find package '([^']+)'/.exec(reasonOf(error))?.[1];
  return missing === undefined
    ? "imports of files need the file's ending, as in './tasks.ts'"
    : `install it in the flow's project: npm install ${missing}`;
}
