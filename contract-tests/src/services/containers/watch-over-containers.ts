import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContainerEngine } from './container-engine.ts';
import { session } from './owner.ts';
import { dockerHub, recentFailure, rememberFailure } from './pull.ts';

const ryuk = 'ryuk';

let watching: Promise<void> | undefined;

/**
 * Sees to it that containers do not outlive this process, however it ends: by Ryuk, the reaper of Testcontainers, where
 * its image can be had, else by a small process of our own.
 */
export function watchOverContainers(engine: ContainerEngine): Promise<void> {
  watching ??= watch(engine).catch((error) => {
    watching = undefined;
    throw error;
  });
  return watching;
}

async function watch({ testcontainers, client }: ContainerEngine): Promise<void> {
  const refused =
    process.env['TESTCONTAINERS_RYUK_DISABLED'] === 'true' ||
    (await recentFailure(dockerHub)) ||
    (await recentFailure(ryuk));
  if (!refused) {
    try {
      await testcontainers.getReaper(client);
      return;
    } catch (error) {
      await rememberFailure(ryuk, error);
    }
  }
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  startProcess();
}

function startProcess(): void {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = fileURLToPath(new URL(`./reaper-process.${suffix}`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, session], {
    // A group of its own: Ctrl-C in the terminal is not meant for it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  child.on('error', () => {}); // the next start sweeps what is left
  child.unref();
}
