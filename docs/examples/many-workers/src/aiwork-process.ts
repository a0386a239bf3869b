import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { picture, type Servers, tilesQueue } from './flow.ts';
import type { Size } from './tile.ts';

/** Everywhere else this is `npx aiwork worker`; here the command runs from its sources. */
const command = join(dirname(fileURLToPath(import.meta.resolve('aiwork/package.json'))), 'src/main.ts');
const flowFile = fileURLToPath(new URL('flow.ts', import.meta.url));

/** `aiwork`, at work in a process of its own. */
export interface AiworkProcess {
  readonly name: string;
  readonly pid: number;
  /** Ends it with no warning, as a machine that goes up in smoke does. */
  kill(): Promise<void>;
}

/** Starts `aiwork worker` for the queue of tiles; resolves when it works. */
export function startWorker(name: string, servers: Servers): Promise<AiworkProcess> {
  const args = ['worker', flowFile, '--queue', tilesQueue, '--concurrency', '2', '--name', name];
  return startAiwork(name, args, servers, 'Working on');
}

/** Starts `aiwork run` for a picture; resolves when its steps are under way. */
export function startPicture(runId: string, size: Size, servers: Servers): Promise<AiworkProcess> {
  const args = ['run', flowFile, '--flow', picture.id, '--run-id', runId, '--input', JSON.stringify(size)];
  return startAiwork('the process of the flow', args, servers, 'plan');
}

async function startAiwork(
  name: string,
  args: readonly string[],
  { brokers, redisUrl }: Servers,
  readyText: string,
): Promise<AiworkProcess> {
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', command, ...args], {
    env: { ...process.env, KAFKA_BROKERS: brokers.join(','), REDIS_URL: redisUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-5000);
      if (said.includes(readyText)) resolve();
    });
  });
  const killIt = () => child.kill('SIGKILL');
  process.once('exit', killIt);
  const exited = once(child, 'exit').then(() => {
    process.off('exit', killIt);
  });
  const failed = exited.then(() => {
    throw new Error(`${name} ended before it worked:\n${said}`);
  });
  await Promise.race([ready, failed]);
  return {
    name,
    pid: child.pid ?? 0,
    async kill() {
      killIt();
      await exited;
    },
  };
}
