// Imports the modules it is given, one after another, each in a folder of its own, and writes what each printed as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, inspect } from 'node:util';

interface Outcome {
  readonly printed: string;
  readonly error?: string;
}

// What one call prints stays on one line, as comments show it.
Object.assign(inspect.defaultOptions, { breakLength: Number.POSITIVE_INFINITY, compact: true });

const outcomes: Outcome[] = [];
for (const file of process.argv.slice(2)) outcomes.push(await run(file));
process.stdout.write(JSON.stringify(outcomes));
// A module that left a timer or socket behind must not keep the others' results.
process.exit(0);

async function run(file: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-docs-'));
  process.chdir(folder);
  let printed = '';
  console.log = (...values) => {
    printed += `${format(...values)}\n`;
  };
  try {
    await import(pathToFileURL(file).href);
    return { printed };
  } catch (error) {
    return { printed, error: inspect(error) };
  } finally {
    process.chdir(tmpdir());
    rmSync(folder, { recursive: true, force: true });
  }
}
