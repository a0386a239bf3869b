import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createOrchestrator, definePlugin, type Orchestrator, type Plugin } from '@aiwork/core';
import { type SqliteStorage, sqliteStorage } from '@aiwork/core/sqlite';
import type { FlowFile } from './flow-file/load-flow-file.ts';
import { UsageError } from './usage-error.ts';
import { unwritable } from './write-out-file.ts';

/**
 * Shorter than the engine's default, so that a run whose process was killed can be resumed soon; long enough for steps
 * that keep the event loop busy for seconds.
 */
export const cliLeaseTtl = '10s';

export interface OpenOptions {
  /** The SQLite file runs are kept in. */
  readonly state?: string | undefined;
  readonly flowFile?: FlowFile;
  /** Besides those of the flow file. */
  readonly plugins?: readonly Plugin[];
  /** What journals call this process, rather than what the flow file says. */
  readonly name?: string | undefined;
  /** Whether a state file that is not there yet is made. */
  readonly create?: boolean;
}

/**
 * An orchestrator over the state file, with the units and plugins of the flow file.
 *
 * @throws `AIWORK_USAGE` when a state file is needed and there is none.
 */
export async function openOrchestrator(options: OpenOptions): Promise<Orchestrator> {
  const { state, flowFile, name, plugins = [], create = false } = options;
  if (state !== undefined) await requireStateFile(state, create);
  const given = flowFile?.options ?? {};
  const storage = state === undefined ? undefined : sqliteStorage({ path: state });
  try {
    return createOrchestrator({
      leaseTtl: cliLeaseTtl,
      ...given,
      ...(name !== undefined && { name }),
      units: [...new Set([...(flowFile?.units ?? []), ...(given.units ?? [])])],
      plugins: [...(storage ? [stateFile(storage)] : []), ...(given.plugins ?? []), ...plugins],
    });
  } catch (error) {
    await storage?.close();
    throw error;
  }
}

/**
 * As {@link openOrchestrator}, for commands about runs of other processes.
 *
 * @throws `AIWORK_USAGE` when nothing says where runs are kept.
 */
export function openRuns(options: OpenOptions): Promise<Orchestrator> {
  if (options.state === undefined && !options.flowFile?.options.plugins?.length) {
    throw new UsageError('it is not said where runs are kept', {
      hint: 'name the state file with --state FILE, or in the environment variable AIWORK_STATE',
    });
  }
  return openOrchestrator(options);
}

async function requireStateFile(path: string, create: boolean): Promise<void> {
  if (existsSync(path)) return;
  if (!create) throw new UsageError(`there is no state file ${path}`);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

const stateFile = definePlugin<SqliteStorage>({
  name: 'aiwork-state-file',
  setup(host, storage) {
    host.provide('runStore', storage.runStore, { default: true });
    host.provide('payloadStore', storage.payloadStore, { default: true });
    host.provide('stateStore', storage.stateStore, { default: true });
    return storage;
  },
});
