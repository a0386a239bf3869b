import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Imports a module, and says of which packages it read files. */
const program = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  },
});
await import(process.argv[1]);
console.log(JSON.stringify([...packages].sort()));
`;

it('loads nothing that converts, serves or measures before it is asked to', async () => {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const options = ['--conditions=@aiwork/source', '--input-type=module', '--eval', program, index];
  const { stdout } = await run(process.execPath, options);
  const packages: readonly string[] = JSON.parse(stdout);
  expect(packages).toEqual(['@bufbuild/protobuf', 'lru-cache', 'tokenizers']);
}, 60_000);
