import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const packageFolder = dirname(import.meta.dirname);
const source = join(packageFolder, 'src');

interface Example {
  readonly where: string;
  readonly code: string;
}

/** The code blocks below `@example` in the doc comments of a file. */
async function examplesIn(file: string): Promise<Example[]> {
  const text = await readFile(file, 'utf8');
  const blocks = text.matchAll(/^ *\* @example\n *\* ```ts\n(?<block>[\s\S]*?)\n *\* ```$/gm);
  return [...blocks].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    const code = (match.groups?.['block'] ?? '').replace(/^ *\* ?/gm, '');
    return { where: `${relative(source, file)}:${line}`, code };
  });
}

/** What an example says it prints: what stands behind its statements, as in `console.log(1 + 1); // 2`. */
function promised(code: string): string[] {
  return [...code.matchAll(/; \/\/ (.*)$/gm)].map((match) => match[1] as string);
}

const files = (await readdir(source, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name));
const examples = (await Promise.all(files.sort().map((file) => examplesIn(join(source, file))))).flat();

describe('the examples of the API reference', () => {
  let folder: string;

  beforeAll(async () => {
    // As a user would have it: a package folder of its own, with core and zod among its dependencies.
    folder = await mkdtemp(join(tmpdir(), 'aiwork-examples-'));
    await mkdir(join(folder, 'node_modules/@aiwork'), { recursive: true });
    await symlink(packageFolder, join(folder, 'node_modules/@aiwork/core'), 'junction');
    await symlink(join(packageFolder, 'node_modules/zod'), join(folder, 'node_modules/zod'), 'junction');
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  it.for(examples)(
    'run and print what they promise: $where',
    { timeout: 30_000 },
    async ({ where, code }) => {
      const file = `${where.replace(/[^a-z0-9]+/gi, '-')}.ts`;
      await writeFile(join(folder, file), code);
      const { stdout, stderr } = await run(process.execPath, ['--conditions=@aiwork/source', file], {
        cwd: folder,
      });
      expect(stderr).toBe('');
      expect(stdout.trimEnd().split('\n').filter(Boolean)).toEqual(promised(code));
    },
  );
});
