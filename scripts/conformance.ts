// `pnpm conformance [--only PLUGIN]…`: checks the adapters of this repository against their contracts, on their services,
// and writes the matrix. Reports of what is not checked stay.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { command, root } from './command.ts';
import { conformanceDocs, reportFolder, withTable } from './docs/conformance-page.ts';

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });

const files = new Map([
  ['core', 'contract-tests/test/embedded.contract.ts'],
  ...globSync('plugins/*/contract.ts', { cwd: root })
    .sort()
    .map((file) => [basename(dirname(file)), file] as const),
]);
const names = values.only ?? [...files.keys()];
const unknown = names.find((name) => !files.has(name));
if (unknown !== undefined) {
  console.error(`nothing called ${unknown} has a contract file; there is ${[...files.keys()].join(', ')}`);
  process.exit(3);
}

let conformant = true;
for (const name of names) {
  const folder = join(root, reportFolder, name);
  rmSync(folder, { recursive: true, force: true });
  const program = ['--conditions=@aiwork/source', 'contract-tests/src/command/main.ts'];
  const args = [...program, 'check', files.get(name) as string, '--report', folder];
  const { ok } = await command('node', args, { output: 'show', timeoutMs: 20 * 60_000 });
  conformant &&= ok;
}

const { page, table } = await conformanceDocs();
mkdirSync(join(root, 'docs/conformance'), { recursive: true });
writeFileSync(join(root, 'docs/conformance/README.md'), page);
const readme = join(root, 'README.md');
writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), table));
console.log(`\n${table}`);
process.exitCode = conformant ? 0 : 1;
