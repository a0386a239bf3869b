import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServerFacts, ServerProcessOptions } from './serve-process.fixture.ts';

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** How the process is, after a collection of its garbage. */
  facts(): Promise<ServerFacts>;
  /** Ends it at once, as a machine that goes away does. */
  kill(): Promise<void>;
}

const program = new URL('./serve-process.fixture.ts', import.meta.url);

/** Starts a server of {@link ServerProcessOptions} in a process of its own, and waits until it listens. */
export async function startServer(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ['--conditions=@aiwork/source', '--expose-gc', '--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await reply<string>(child);

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  return {
    url,
    port: Number(new URL(url).port),
    facts() {
      const answer = reply<ServerFacts>(child);
      child.send('facts');
      return answer;
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** Asks on a connection of its own, which is not kept; gives the body. `T` is what is expected there. */
export async function ask<T>({ url }: ServerProcess, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { connection: 'close', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

async function reply<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController();
  const onExit = (code: number | null, signal: string | null) =>
    gone.abort(new Error(`the server ended: ${signal ?? `exit code ${code}`}`));
  child.once('exit', onExit);
  try {
    const [message] = await once(child, 'message', { signal: gone.signal });
    return message;
  } catch (error) {
    throw gone.signal.reason ?? error;
  } finally {
    child.off('exit', onExit);
  }
}
