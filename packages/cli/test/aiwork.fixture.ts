import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of util-linux: runs a command in a terminal of its own. */
export const terminalProgram = 'script';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves when stdout and stderr together hold `text`. */
  seen(text: string): Promise<void>;
  /** What it has printed by now, on stdout and on stderr. */
  printed(): string;
  readonly finished: Promise<Finished>;
}

/** The path of one of the flow files beside this one. */
export function flowFile(name: string): string {
  return fileURLToPath(new URL(`./flows/${name}`, import.meta.url));
}

export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'aiwork-cli-'));
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** In a terminal of its own; what it shows comes on stdout. */
  readonly terminal?: boolean;
}

/** Starts the command from its sources in a process of its own. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const {
    AIWORK_STATE: _,
    FORCE_COLOR: __,
    DEBUG: ___,
    CI: ____,
    HOST: _____,
    PORT: ______,
    ...inherited
  } = process.env;
  const own = ['--conditions=@aiwork/source', main, ...args];
  const quoted = [process.execPath, ...own].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const [file, words] = options.terminal
    ? [terminalProgram, ['-qec', `exec ${quoted}`, '/dev/null']]
    : [process.execPath, own];
  const child = spawn(file, words, {
    cwd: options.cwd,
    env: { ...inherited, ...options.env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return {
    child,
    finished,
    printed: () => stdout + stderr,
    async seen(text) {
      while (!(stdout + stderr).includes(text)) {
        const more = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
        const over = finished.then((result) => {
          if ((stdout + stderr).includes(text)) return;
          throw new Error(`ended without "${text}": ${JSON.stringify(result)}`);
        });
        await Promise.race([more, over]);
      }
    },
  };
}

/** Runs the command to its end. */
export function aiwork(args: readonly string[], options?: StartOptions & { stdin?: string }) {
  const { child, finished } = start(args, options);
  child.stdin?.end(options?.stdin ?? '');
  return finished;
}
