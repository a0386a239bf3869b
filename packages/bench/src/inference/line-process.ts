import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { residentBytesOf } from './resident-bytes.ts';

/** A program that is told what to do, and tells what came of it, in lines. */
export interface LineProcess {
  /** What is resident of it now. */
  residentBytes(): Promise<number>;
  /** The next line that it writes. */
  line(): Promise<string>;
  say(line: string): void;
  close(): Promise<void>;
}

const keptOfStderr = 4_000;

/** Starts a program. What it says last of its errors is told when it ends by itself. */
export function startLines(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): LineProcess {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd && { cwd }),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptOfStderr);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  exited.catch(() => {});
  return {
    residentBytes: () => residentBytesOf(child.pid ?? 0),
    async line() {
      const { value, done } = await lines.next();
      if (!done) return value;
      await exited;
      throw new Error(`${command} ended\n${stderr}`);
    },
    say: (line) => void child.stdin.write(`${line}\n`),
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
