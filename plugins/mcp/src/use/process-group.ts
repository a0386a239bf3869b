import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

/** A program with all it has started, such as what `npx` runs. */
export interface ProcessGroup {
  /** Resolves when the program has ended. */
  readonly exited: Promise<void>;
  /** Lets it end by itself, then tells it to, then makes it. */
  end(): Promise<void>;
}

const hasGroups = process.platform !== 'win32';

/** How a program has to be started to have a group of its own. */
export const ownGroup = { detached: hasGroups, windowsHide: true };

/** How long it may take to end by itself, and once told to, in milliseconds. */
const graceMs = 2000;
const pollMs = 25;

export function processGroup(child: ChildProcess): ProcessGroup {
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

  function kill(signal: NodeJS.Signals | 0): boolean {
    try {
      if (child.pid === undefined) return false;
      return hasGroups ? process.kill(-child.pid, signal) : child.kill(signal);
    } catch {
      return false;
    }
  }

  async function isGone(withinMs: number): Promise<boolean> {
    for (const deadline = Date.now() + withinMs; kill(0); ) {
      if (Date.now() > deadline) return false;
      await delay(pollMs);
    }
    return true;
  }

  // Nothing asynchronous runs any more then.
  const onExit = () => kill('SIGKILL');
  process.once('exit', onExit);

  async function end(): Promise<void> {
    try {
      child.stdin?.end();
      if (await isGone(graceMs)) return;
      kill('SIGTERM');
      if (await isGone(graceMs)) return;
      kill('SIGKILL');
    } finally {
      await exited;
      process.off('exit', onExit);
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  }

  return { exited, end };
}
