import { readFile } from 'node:fs/promises';

interface OwnManifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const tools = ['@aiwork/contract-tests', '@aiwork/core', '@types/node', 'typescript', 'vitest'];

/** The `package.json` of this package. The template is tested with its dev dependencies. */
export async function readOwnManifest(): Promise<OwnManifest> {
  return JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
}

/** The `package.json` of a new plugin. */
export function pluginManifest(
  name: string,
  about: string,
  { devDependencies: tested }: OwnManifest,
): object {
  return {
    name,
    version: '0.1.0',
    description: `A plugin for @aiwork: ${about}`,
    keywords: ['aiwork', 'aiwork-plugin'],
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22.13' },
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'README.md'],
    scripts: {
      contract: 'aiwork-contract check contract.ts',
      test: 'vitest run',
      check: 'tsc',
      build: 'tsc -p tsconfig.build.json',
      prepack: 'npm run build',
    },
    peerDependencies: { '@aiwork/core': tested['@aiwork/core'] },
    devDependencies: Object.fromEntries(tools.map((tool) => [tool, tested[tool]])),
  };
}
