import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Servers, tilesQueue } from './flow.ts';

/** Everywhere else this is `npx aiwork worker`; here the command runs from its sources. */
const command = join(dirname(fileURLToPath(import.meta.resolve('aiwork/package.json'))), 'src/main.ts');
const flowFile = fileURLToPath(new URL('flow.ts', import.meta.url));

export interface WorkerProcess {
  readonly name: string;
  readonly pid: number;
  /** Ends it with no warning, as a machine that goes up in smoke does. */
  kill(): Promise<void>;
  /** Has it finish what it has and go. */
  stop(): Promise<void>;
}

/** Starts `aiwork worker` for the queue of tiles; resolves when it works. */
export async function startWorker(name: string, { brokers, redisUrl }: Servers): Promise<WorkerProcess> {
  const args = ['worker', flowFile, '--queue', tilesQueue, '--concurrency', '2', '--name', name];
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', command, ...args], {
    env: { ...process.env, KAFKA_BROKERS: brokers.join(','), REDIS_URL: redisUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-5000);
      if (said.includes('Working on')) resolve();
    });
  });
  const exited = once(child, 'exit').then(() => {});
  const failed = exited.then(() => {
    throw new Error(`${name} ended before it worked:\n${said}`);
  });
  await Promise.race([ready, failed]);
  const endBy = (signal: 'SIGTERM' | 'SIGKILL') => async () => {
    child.kill(signal);
    await exited;
  };
  return { name, pid: child.pid ?? 0, kill: endBy('SIGKILL'), stop: endBy('SIGTERM') };
}
