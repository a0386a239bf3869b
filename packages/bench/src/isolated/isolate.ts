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
  /** Of its process. */
  readonly pid: number;
  close(): Promise<void>;
}

interface Reply {
  readonly value?: unknown;
  readonly error?: string;
}

/** What a process may take, and of which packages. */
export interface IsolationLimits {
  /** Whether those of this repository are their sources, or what was built of them. Default: the sources. */
  readonly packages?: 'sources' | 'built';
  /** For one call; then the process is ended. Default 600,000. */
  readonly limitMs?: number;
  /** Of the heap of JavaScript. Default: what Node takes for the machine. */
  readonly heapBytes?: number;
}

const keptOfStderr = 4_000;

/**
 * Loads a module in a fresh process, so that subjects share neither heap, nor compiled code, nor patched globals, and a
 * collection of garbage can be asked for. What it prints is dropped; its last errors are told when a call fails.
 */
export async function isolate<M extends Functions>(
  module: URL,
  { packages = 'sources', limitMs = 600_000, heapBytes }: IsolationLimits = {},
): Promise<Isolated<M>> {
  const heap = heapBytes === undefined ? [] : [`--max-old-space-size=${Math.floor(heapBytes / 2 ** 20)}`];
  const sources = packages === 'sources' ? ['--conditions=@aiwork/source'] : [];
  const child = fork(new URL('./host.ts', import.meta.url), [module.href], {
    execArgv: [...sources, '--expose-gc', '--no-warnings', ...heap],
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
    pid: child.pid ?? 0,
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
