import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

/** The repository's root: every script works from any directory. */
export const root = resolve(import.meta.dirname, '..');

export interface CommandOptions {
  readonly cwd?: string;
  /** `capture` collects stdout and stderr; `show` lets them through to the terminal as they come. */
  readonly output?: 'capture' | 'show';
  /** After this long the command is killed and counts as failed. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a command with the workspace's binaries on PATH; never rejects on a non-zero exit. */
export async function command(
  file: string,
  args: readonly string[],
  { cwd = root, output = 'capture', timeoutMs = 600_000 }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(file, args, {
    cwd,
    env: commandEnv(output),
    stdio: output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return new Promise((settle) => {
    child.on('error', (error) => settle({ ok: false, output: `${text}${file}: ${error.message}\n` }));
    child.on('close', (code, signal) => {
      if (signal) text += `\n${file} was ended by ${signal} (time limit ${timeoutMs / 1000} s)\n`;
      settle({ ok: code === 0, output: text });
    });
  });
}

/** npm warns about the settings that pnpm exports to its scripts, so children do not get them. */
function commandEnv(output: 'capture' | 'show'): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${resolve(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
    ...(output === 'capture' && { NO_COLOR: '1', FORCE_COLOR: '0' }),
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    NO_UPDATE_NOTIFIER: '1',
  };
}
