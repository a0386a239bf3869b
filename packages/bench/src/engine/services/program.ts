import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is: on PATH, or where Debian keeps what it does not put there. */
export function findProgram(name: string, elsewhere: readonly string[] = []): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...elsewhere.flatMap((each) => globSync(each)),
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Ends a server and waits until it has ended. */
export async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), 5_000);
  await exited;
  clearTimeout(timer);
}

/** Tries until `attempt` gives no error, for at most ten seconds. */
export async function untilReady(what: string, attempt: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > end) throw new Error(`${what} did not become ready`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A server's process; what it prints is dropped. */
export function server(
  file: string,
  args: readonly string[],
  as: { uid?: number; gid?: number } = {},
): ChildProcess {
  const child = spawn(file, args, { stdio: 'ignore', ...as });
  child.on('error', () => {});
  return child;
}
