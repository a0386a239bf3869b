import { fork } from 'node:child_process';
import { once } from 'node:events';

// biome-ignore lint/suspicious/noExplicitAny: functions of any kind
export type Functions = Record<string, (...args: any[]) => unknown>;

/** The functions of a module in a process of their own. One call at a time. */
export interface Isolated<M extends Functions> {
  call<Name extends keyof M & string>(
    name: Name,
    ...args: Parameters<M[Name]>
  ): Promise<Awaited<ReturnType<M[Name]>>>;
  close(): Promise<void>;
}

interface Reply {
  readonly value?: unknown;
  readonly error?: string;
}

const limitMs = 600_000;
const keptOfStderr = 4_000;

/**
 * Loads a module in a fresh process, so that subjects share neither heap, nor compiled code, nor patched globals, and a
 * collection of garbage can be asked for. What it prints is dropped; its last errors are told when a call fails.
 */
export async function isolate<M extends Functions>(module: URL): Promise<Isolated<M>> {
  const child = fork(new URL('./host.ts', import.meta.url), [module.href], {
    execArgv: ['--conditions=@aiwork/source', '--expose-gc', '--no-warnings'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptOfStderr);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });

  async function reply(what: string): Promise<unknown> {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const gone = exited.then((): never => {
      throw new Error(`${what} ended its process or took longer than ${limitMs} ms\n${stderr}`);
    });
    try {
      const [{ value, error }] = (await Promise.race([once(child, 'message'), gone])) as [Reply];
      if (error !== undefined) throw new Error(`${what} failed: ${error}\n${stderr}`);
      return value;
    } finally {
      clearTimeout(timer);
      gone.catch(() => {});
    }
  }

  await reply(`loading ${module.pathname}`);
  return {
    async call(name, ...args) {
      const answer = reply(`"${name}" of ${module.pathname}`);
      child.send({ name, args });
      return (await answer) as never;
    },
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
