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

/** Runs in a process of its own, as a user's program would, but one for all: loading core 25 times takes long. */
const runner = `
import { formatWithOptions } from 'node:util';
const results = [];
for (const file of process.argv.slice(2)) {
  const printed = [];
  console.log = (...args) => printed.push(formatWithOptions({ colors: false }, ...args));
  const error = await import(file).then(() => undefined, (error) => String(error.stack));
  results.push({ printed, error });
}
process.stdout.write(JSON.stringify(results));
`;

interface Result {
  readonly printed: readonly string[];
  readonly error?: string;
}

describe('the examples of the API reference', () => {
  let folder: string;
  let stderr: string;
  let results: readonly Result[];

  beforeAll(async () => {
    // As a user would have it: a package folder of its own, with core and zod among its dependencies.
    folder = await mkdtemp(join(tmpdir(), 'aiwork-examples-'));
    await mkdir(join(folder, 'node_modules/@aiwork'), { recursive: true });
    await symlink(packageFolder, join(folder, 'node_modules/@aiwork/core'), 'junction');
    await symlink(join(packageFolder, 'node_modules/zod'), join(folder, 'node_modules/zod'), 'junction');
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'runner.js'), runner);
    await Promise.all(examples.map(({ code }, i) => writeFile(join(folder, `${i}.ts`), code)));
    const names = examples.map((_, i) => `./${i}.ts`);
    const output = await run(process.execPath, ['--conditions=@aiwork/source', 'runner.js', ...names], {
      cwd: folder,
      timeout: 60_000,
    });
    results = JSON.parse(output.stdout);
    stderr = output.stderr;
  }, 70_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('are there, and put nothing else on the terminal', () => {
    expect(examples.length).toBeGreaterThan(10);
    expect(stderr).toBe('');
  });

  it.for(examples.map(({ where, code }, i) => ({ where, code, i })))(
    'run and print what they promise: $where',
    ({ code, i }) => {
      expect(results[i]).toEqual({ printed: promised(code) });
    },
  );
});
