// Compiles the package in the current folder to `dist`. With `--bundle` its modules are joined, one file for each entry
// and what they share: opening a hundred small files costs more than all the rest of an import.
import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { command } from './command.ts';

const bundled = process.argv.includes('--bundle');
await rm('dist', { recursive: true, force: true });
if (bundled) await bundle();
const { ok } = await command(
  'tsc',
  ['-p', 'tsconfig.build.json', ...(bundled ? ['--emitDeclarationOnly'] : [])],
  {
    cwd: process.cwd(),
    output: 'show',
  },
);
process.exitCode = ok ? 0 : 1;

async function bundle(): Promise<void> {
  const { exports, engines, dependencies = {} } = JSON.parse(await readFile('package.json', 'utf8'));
  const sources = Object.values(exports as Record<string, string | { '@aiwork/source': string }>).flatMap(
    (entry) => (typeof entry === 'string' ? [] : [entry['@aiwork/source']]),
  );
  const build = await rolldown({
    input: Object.fromEntries(
      sources.map((source) => [source.slice('./src/'.length, -'.ts'.length), resolve(source)]),
    ),
    external: [/^node:/, ...Object.keys(dependencies)],
    platform: 'node',
    // What the oldest Node of `engines` cannot read, such as `await using`, is written out.
    transform: { target: oldestNode(engines) },
  });
  await build.write({ dir: 'dist', format: 'esm', chunkFileNames: 'shared/[name]-[hash].js' });
  await build.close();
}

/** `>=22.13` as `node22.13`. */
function oldestNode({ node }: { readonly node: string }): string {
  return `node${/^>=(\d+\.\d+)$/.exec(node)?.[1]}`;
}
