import { register } from 'node:module';
import process from 'node:process';
import { quietTypeWarnings } from './quiet-type-warnings.ts';

let registered = false;

/**
 * Makes `.ts` files importable. Node does that by itself from 22.18 and 23.6 on; before, its own type stripping is
 * there (`module.stripTypeScriptTypes`) and only has to be put in the way of imports.
 */
export function enableTypeStripping(file: string): void {
  quietTypeWarnings();
  if (registered || !/\.m?ts$/.test(file) || process.features.typescript) return;
  registered = true;
  register(new URL(`./type-stripping-hooks${import.meta.filename.slice(-3)}`, import.meta.url));
}
