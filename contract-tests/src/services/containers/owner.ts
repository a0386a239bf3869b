import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { runCommand } from './run-command.ts';

export const ownerLabel = 'dev.aiwork.services.owner';
export const sessionLabel = 'dev.aiwork.services.session';

/** One for each thread that starts containers: what ends with it. */
export const session: string = randomUUID();

/** A process, so that no other is taken for it: not one of the same number later, nor one on another machine. */
interface Owner {
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
  readonly started: string;
}

export async function ownerLabels(): Promise<Record<string, string>> {
  const owner: Owner = {
    host: hostname(),
    boot: await bootId(),
    pid: process.pid,
    started: (await startOf(process.pid)) ?? '',
  };
  return { [ownerLabel]: JSON.stringify(owner), [sessionLabel]: session };
}

/** Whether the process that a label names is certainly over. Of other machines nothing is known. */
export async function isOver(label: string): Promise<boolean> {
  const owner: Owner = JSON.parse(label);
  if (owner.host !== hostname()) return false;
  if (owner.boot !== (await bootId())) return true;
  return (await startOf(owner.pid)) !== owner.started;
}

async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return id.trim();
}

/** When a process began, in the words of its system; nothing when there is none. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      // The name of the program stands in brackets and may hold anything; the start is the 20th field behind it.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    }
    if (process.platform === 'win32') {
      process.kill(pid, 0);
      return 'unknown';
    }
    const started = await runCommand('ps', ['-o', 'lstart=', '-p', String(pid)], { timeoutMs: 10_000 });
    return started.trim();
  } catch {
    return undefined;
  }
}
