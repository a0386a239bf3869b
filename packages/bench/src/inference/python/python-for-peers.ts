import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const needed = 'import fastapi, openvino, sentence_transformers, torch, uvicorn';
/** 6 GB are fetched. */
const installMs = 1_800_000;

/** A Python that has what peers need, or why there is none. */
export type PythonForPeers = { readonly python: string } | { readonly missing: string };

/**
 * That of `AIWORK_BENCH_PYTHON`, or else one in an environment that is made, once, in the cache of the user: with what
 * `requirements.txt` names, some 6 GB, since PyTorch brings CUDA from the package index whether there is a GPU or not.
 */
export async function pythonForPeers(): Promise<PythonForPeers> {
  const named = env['AIWORK_BENCH_PYTHON'];
  try {
    const python = named ?? (await environment());
    await run(python, ['-c', needed]);
    return { python };
  } catch (error) {
    return { missing: `there is no Python with what it needs: ${lastLine(error)}` };
  }
}

async function environment(): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const cache = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aiwork', 'bench');
  const folder = join(cache, `python-${digest}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  process.stderr.write(`Installing the peers of Python in ${folder}: 6 GB, once\n`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--requirement', requirements];
  await run(python, install, { timeout: installMs });
  await writeFile(complete, '');
  return python;
}

/** What a program said last, which is what was wrong. */
function lastLine(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.trim().split('\n').at(-1) ?? '';
}
