import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { delimiter, resolve } from 'node:path';

/** The repository's root: every script works from any directory. */
export const root = resolve(import.meta.dirname, '..');

export interface CommandOptions {
  readonly cwd?: string;
  /** `capture` collects stdout and stderr; `show` lets them through to the terminal as they come. */
  readonly output?: 'capture' | 'show';
  /**
   * `workspace` puts the workspace's Node and binaries first on PATH; `machine` takes all of them away, as it is for
   * somebody who only installed Node.
   */
  readonly tools?: 'workspace' | 'machine';
  /** Variables of the environment besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** After this long the command and what it started are killed, and it counts as failed. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

const inBackground = new AsyncLocalStorage<true>();

/** What `run` starts by {@link command} gives way to others that want the processor. */
export function inTheBackground<T>(run: () => Promise<T>): Promise<T> {
  return inBackground.run(true, run);
}

/** Runs a command; never rejects on a non-zero exit. */
export async function command(
  file: string,
  args: readonly string[],
  { cwd = root, output = 'capture', tools = 'workspace', timeoutMs = 600_000, env = {} }: CommandOptions = {},
): Promise<CommandResult> {
  const limitMs = inBackground.getStore() ? patience * timeoutMs : timeoutMs;
  const child = spawn(file, args, {
    cwd,
    env: {
      ...inheritedEnv(),
      ...(output === 'capture' && noColour),
      ...noTelemetry,
      ...env,
      PATH: searchPath(tools),
    },
    stdio: output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined && inBackground.getStore()) giveWay(child.pid);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const killGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const interrupted = () => {
    killGroup();
    process.exit(130);
  };
  const timer = setTimeout(() => {
    text += `\n${file} took longer than ${limitMs / 1000} s and was ended\n`;
    killGroup();
  }, limitMs);
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await new Promise((settle) => {
      child.on('error', (error) => settle({ ok: false, output: `${text}${file}: ${error.message}\n` }));
      child.on('close', (code) => settle({ ok: code === 0, output: text }));
    });
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

const nicer = 5;
const leastPriority = 19;
/** How many times as long a command may take whose share of a processor is, as Linux weighs `nicer`, a third. */
const patience = 3;

/** Makes a process, and what it will start, give way to others, where the system lets us. */
function giveWay(pid: number): void {
  const niceness = Math.min(getPriority() + nicer, leastPriority);
  try {
    setPriority(pid, niceness);
    // A command is a session of its own, and Linux may share time among sessions before it looks at processes.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // It ended already, or the kernel knows no such groups: then it takes the share of any other.
  }
}

const noColour = { NO_COLOR: '1', FORCE_COLOR: '0' };
const noTelemetry = {
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  NO_UPDATE_NOTIFIER: '1',
};

/** npm warns about the settings that pnpm exports to its scripts, so children do not get them. */
function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name)));
}

/** Where programs are looked for. */
export function searchPath(tools: 'workspace' | 'machine'): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (tools === 'machine') return folders.filter((each) => !each.includes('node_modules')).join(delimiter);
  return [resolve(root, 'node_modules/.bin'), ...folders].join(delimiter);
}
