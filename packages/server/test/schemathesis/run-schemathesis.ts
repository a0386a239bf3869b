import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const requirement = 'schemathesis==4.32.5';
const here = import.meta.dirname;
const cache = join(here, '../../node_modules/.cache/aiwork');
const packages = join(cache, requirement.replace('==', '-'));

/** Why Python, or the program in it, cannot be had. */
export class SchemathesisUnavailable extends Error {}

/** Where the program's Python packages are: installed beside the package's dependencies the first time. */
export async function installSchemathesis(): Promise<string> {
  if (await stat(packages).catch(() => undefined)) return packages;
  await mkdir(cache, { recursive: true });
  const made = await mkdtemp(join(cache, 'install-'));
  try {
    const into = ['--quiet', '--target', made, requirement];
    await run('uv', ['pip', 'install', ...into]).catch(() =>
      run('python3', ['-m', 'pip', 'install', '--disable-pip-version-check', ...into]),
    );
    // Whole or not at all, also where two install at once.
    await rename(made, packages).catch(async (error) => {
      if (!(await stat(packages).catch(() => undefined))) throw error;
    });
    return packages;
  } catch (error) {
    throw new SchemathesisUnavailable(`${requirement} cannot be installed: ${String(error)}`);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

export interface SchemathesisRun {
  readonly url: string;
  readonly seconds: number;
  readonly seed: number;
  /** Headers of every request, as `NAME: VALUE`. */
  readonly headers?: readonly string[];
}

/** Runs all of its phases and checks against a served document; gives what it printed. */
export async function runSchemathesis({ url, seconds, seed, headers = [] }: SchemathesisRun) {
  const installed = await installSchemathesis();
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-schemathesis-'));
  try {
    for (const file of ['schemathesis.toml', 'hooks.py']) await cp(join(here, file), join(folder, file));
    const { stdout, ...end } = await run(
      'python3',
      [
        ...['-m', 'schemathesis.cli', 'run', `${url}/openapi.json`],
        ...['--max-time', String(seconds), '--seed', String(seed), '--continue-on-failure', '--no-color'],
        ...['--generation-database', ':memory:'],
        ...headers.flatMap((header) => ['--header', header]),
      ],
      {
        cwd: folder,
        env: { ...process.env, PYTHONPATH: installed, PYTHONDONTWRITEBYTECODE: '1' },
        maxBuffer: 64 * 1024 * 1024,
      },
    ).catch((error: { readonly code?: number; readonly stdout: string; readonly stderr: string }) => ({
      code: error.code ?? 1,
      stdout: `${error.stdout}\n${error.stderr}`,
    }));
    return { code: 'code' in end ? end.code : 0, output: stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
