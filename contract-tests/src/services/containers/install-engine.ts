import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceUnavailable } from '../../engine/service.ts';
import { aptInstall, isRootOnDebian } from './apt.ts';
import { withProcessLock } from './process-lock.ts';
import type { Progress } from './progress.ts';
import { runCommand } from './run-command.ts';
import { stateFolder } from './state-folder.ts';

const startTimeoutMs = 30_000;
const pollMs = 200;
// The paths of system programs, which a shell that is no login shell may lack; dockerd looks for iptables on them.
const path = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);

/**
 * Installs Docker where it is not there, starts it, and resolves with what `find` then finds. One process at a time:
 * a second dockerd would take the network from the first.
 */
export async function installEngine<T>(find: () => Promise<T>, progress: Progress): Promise<T> {
  if (process.env['AIWORK_INSTALL_ENGINE'] === '0') {
    throw unavailable('AIWORK_INSTALL_ENGINE=0 forbids to install one');
  }
  if (!isRootOnDebian()) throw unavailable('one is installed only as root on Debian or Ubuntu');
  return withProcessLock('engine', async () => {
    const other = await find().catch(() => undefined);
    if (other) return other;
    try {
      if (!daemon()) {
        progress(
          'no container engine answers: installing docker.io by apt (AIWORK_INSTALL_ENGINE=0 forbids it) …',
        );
        await aptInstall('docker.io');
      }
      return await startDaemon(find, progress);
    } catch (error) {
      throw unavailable(`installing one failed (${error instanceof Error ? error.message : error})`, error);
    }
  });
}

function daemon(): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'dockerd'))
    .find(existsSync);
}

async function startDaemon<T>(find: () => Promise<T>, progress: Progress): Promise<T> {
  // The package may have started its service.
  const started = await find().catch(() => undefined);
  if (started) return started;
  const log = join(await stateFolder(), 'dockerd.log');
  const how = existsSync('/run/systemd/system') ? 'systemctl start docker' : `dockerd (log: ${log})`;
  progress(`starting ${how}; it keeps running after this …`);
  if (existsSync('/run/systemd/system'))
    await runCommand('systemctl', ['start', 'docker'], { timeoutMs: 60_000 });
  else await spawnDaemon(log);
  const end = performance.now() + startTimeoutMs;
  for (;;) {
    const found = await find().catch(() => undefined);
    if (found) return found;
    if (performance.now() > end)
      throw new Error(`dockerd does not answer after ${startTimeoutMs} ms: see ${log}`);
    await sleep(pollMs);
  }
}

async function spawnDaemon(log: string): Promise<void> {
  const program = daemon();
  if (!program) throw new Error('the package has brought no dockerd');
  const file = await open(log, 'a', 0o600);
  try {
    const child = spawn(program, [], {
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
      env: { ...process.env, PATH: path },
    });
    child.on('error', () => {}); // seen by the one who waits for an answer
    child.unref();
  } finally {
    await file.close();
  }
}

function unavailable(reason: string, cause?: unknown): ServiceUnavailable {
  return new ServiceUnavailable(
    `No container engine answers, and ${reason}. Start Docker, or set DOCKER_HOST to one that runs.`,
    { cause },
  );
}
