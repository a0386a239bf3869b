import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { reasonOf } from '../reason-of.ts';
import { UsageError } from '../usage-error.ts';

const template = new URL('../../template/', import.meta.url);

/** What the project's files are called here; npm leaves a `.gitignore` out of packages. */
const files: Readonly<Record<string, string>> = {
  'flow.ts': 'flow.ts',
  'tsconfig.json': 'tsconfig.json',
  'README.md': 'README.md',
  '.gitignore': 'gitignore',
};

/** Kept equal to this workspace's own by a test. */
export const starterVersions = { zod: '^4.6.7', typescript: '~6.0.3', '@types/node': '^22.20.5' } as const;

/**
 * `aiwork init`: writes a project with a flow that runs.
 *
 * @throws `AIWORK_USAGE`, having written nothing, when one of its files is there already.
 */
export async function init(dir: string, version: string): Promise<ExitCode> {
  const folder = resolve(dir);
  const names = ['package.json', ...Object.keys(files)];
  const taken = names.filter((name) => existsSync(join(folder, name)));
  if (taken.length > 0) {
    throw new UsageError(`${dir} already has ${taken.join(', ')}: nothing was written`, {
      hint: 'name another folder, as in: aiwork init my-flows',
    });
  }
  try {
    await mkdir(folder, { recursive: true });
    // `wx` refuses to overwrite what came into being since.
    const write = (name: string, text: string) => writeFile(join(folder, name), text, { flag: 'wx' });
    await write('package.json', `${JSON.stringify(manifest(basename(folder), version), undefined, 2)}\n`);
    for (const [name, source] of Object.entries(files)) {
      await write(name, await readFile(new URL(source, template), 'utf8'));
    }
  } catch (cause) {
    throw new UsageError(`cannot make a project in ${dir}: ${reasonOf(cause)}`, {
      hint: 'name another folder, as in: aiwork init my-flows',
    });
  }
  const go = dir === '.' ? '' : `cd ${/\s/.test(dir) ? `"${dir}"` : dir} && `;
  process.stderr.write(`Wrote ${names.join(', ')} to ${folder}\nNext: ${go}npm install && npm start\n`);
  return exitCode.ok;
}

function manifest(folder: string, version: string): object {
  const { zod, ...tools } = starterVersions;
  return {
    name: packageName(folder),
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=22.13' },
    scripts: {
      start: 'aiwork run flow.ts --state .aiwork/runs.db',
      runs: 'aiwork runs list --state .aiwork/runs.db',
      check: 'tsc',
    },
    dependencies: { '@aiwork/core': `^${version}`, aiwork: `^${version}`, zod },
    devDependencies: tools,
  };
}

/** A name npm takes, after the folder's. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-.]+$/g, '');
  return name === '' ? 'my-flows' : name.slice(0, 200);
}
