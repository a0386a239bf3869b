import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What of a failed program's words is passed on, in characters. */
const mostWords = 2000;

/**
 * Runs a program to its end, and gives each line that it prints.
 *
 * @throws an error with the end of what it wrote to standard error, or the reason of the signal, when the program has ended.
 */
export async function runProgram(
  file: string,
  words: readonly string[],
  { onLine, signal }: RunOptions,
): Promise<void> {
  signal?.throwIfAborted();
  // Those of Intel's packages that report their use leave it in automated runs.
  const env = { ...process.env, CI: 'true', NNCF_CI: '1', PYTHONUNBUFFERED: '1' };
  const child = spawn(file, words, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostWords);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => onLine?.(line));
  try {
    const [code] = await once(child, 'close');
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(said.trim() || `${file} ended with ${code}`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
