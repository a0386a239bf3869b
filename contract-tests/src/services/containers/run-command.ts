import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a command without a shell. Rejects with the last lines of what it said. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly environment?: Readonly<Record<string, string>> },
): Promise<string> {
  try {
    const { stdout } = await execute(file, args, {
      timeout: options.timeoutMs,
      env: { ...process.env, ...options.environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`${file} ${args.join(' ')} failed: ${lastLines(said, 5)}`, { cause: error });
  }
}

export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
