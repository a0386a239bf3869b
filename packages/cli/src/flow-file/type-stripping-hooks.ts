import { readFile } from 'node:fs/promises';
import { type LoadHook, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { quietTypeWarnings } from './quiet-type-warnings.ts';

quietTypeWarnings();

/** Runs on Node's loader thread: erases the types of `.ts` modules. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !/\.m?ts$/.test(pathname)) return nextLoad(url, context);
  const source = stripTypeScriptTypes(await readFile(fileURLToPath(url), 'utf8'));
  return { format: 'module', source: `${source}\n//# sourceURL=${url}`, shortCircuit: true };
};
