import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installLock } from './install-lock.ts';

const program = fileURLToPath(new URL('./hold-lock.fixture.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('installLock', () => {
  it('waits for another process, and comes free when that is killed', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, ['--conditions=@aiwork/source', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const leaving = new AbortController();
    const waiting = installLock(folder, leaving.signal);
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });

    const lock = installLock(folder);
    child.kill('SIGKILL');
    (await lock)[Symbol.dispose]();
  });

  it('is given back', async () => {
    (await installLock(folder))[Symbol.dispose]();
    (await installLock(folder))[Symbol.dispose]();
  });
});
