import type { PayloadStore } from '../adapters/payload-store.ts';
import type { RunStore } from '../adapters/run-store.ts';
import type { TaskQueue } from '../adapters/task-queue.ts';
import type { Telemetry } from '../adapters/telemetry.ts';
import { createMemoryPayloadStore } from '../embedded/memory-payload-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createMemoryStateStore } from '../embedded/memory-state-store.ts';
import { AiworkError } from '../errors.ts';
import type { Plugin, PluginHost } from '../plugin.ts';
import { toRunError } from '../run-error.ts';
import type { RunEvent } from '../run-event.ts';
import type { UseSlot } from '../slots.ts';
import type { Clock } from './clock.ts';
import { pluginLog } from './plugin-log.ts';
import { createSlotTable } from './slot-table.ts';

type Listener = (event: RunEvent) => unknown;

/** Plugins, set up. */
export interface Installed {
  readonly use: UseSlot;
  readonly runStore: RunStore;
  /** Absent when a plugin keeps runs but no payloads: everything then goes into the journal. */
  readonly payloads: PayloadStore | undefined;
  readonly queue: TaskQueue | undefined;
  readonly telemetry: Telemetry | undefined;
  publish(event: RunEvent): void;
  dispose(): Promise<void>;
}

/**
 * Sets plugins up in their order, and puts embedded stores where none provided one.
 *
 * @throws `AIWORK_PLUGIN_INVALID`, `AIWORK_PLUGIN_SETUP` naming the plugin; what was set up by then is disposed of.
 */
export async function installPlugins(
  plugins: readonly Plugin[],
  clock: Clock,
  signal: AbortSignal,
): Promise<Installed> {
  const slots = createSlotTable();
  const listeners = new Map<string, Listener[]>();
  /** Who listens to a type, those who listen to all included. */
  const listening = new Map<string, readonly Listener[]>();
  const disposables: AsyncDisposable[] = [];

  const dispose = async () => {
    const failures: unknown[] = [];
    for (const disposable of disposables.splice(0).reverse()) {
      await Promise.resolve(disposable[Symbol.asyncDispose]()).catch((error: unknown) =>
        failures.push(error),
      );
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, 'several plugins failed to close');
  };

  const hostFor = (name: string): PluginHost => ({
    provide: slots.provideFrom(name),
    on(type, listener) {
      listeners.set(type, [...(listeners.get(type) ?? []), listener as Listener]);
      listening.clear();
    },
    use: slots.use,
    log: pluginLog(name),
  });

  for (const plugin of plugins) {
    try {
      checkPlugin(plugin);
      const disposable = await plugin.setup(hostFor(plugin.name), signal);
      if (disposable) disposables.push(disposable);
    } catch (cause) {
      await dispose().catch(() => {});
      if (AiworkError.isInstance(cause) && cause.code === 'AIWORK_PLUGIN_INVALID') throw cause;
      const { message } = toRunError(cause);
      throw new AiworkError(
        'AIWORK_PLUGIN_SETUP',
        `plugin "${plugin.name}" could not be set up: ${message}`,
        { cause },
      );
    }
  }

  const now = () => clock.now();
  const provide = slots.provideFrom('embedded');
  const given = slots.find('runStore');
  const runStore = given ?? createMemoryRunStore({ now });
  const payloads = slots.find('payloadStore') ?? (given ? undefined : createMemoryPayloadStore());
  if (!given) provide('runStore', runStore);
  if (payloads && !slots.find('payloadStore')) provide('payloadStore', payloads);
  if (!slots.find('stateStore')) provide('stateStore', createMemoryStateStore({ now }));

  const telemetry = slots.find('telemetry');
  if (telemetry) listeners.set('*', [(event) => telemetry.event(event), ...(listeners.get('*') ?? [])]);
  function listeningTo(type: string): readonly Listener[] {
    let found = listening.get(type);
    if (!found) {
      found = [...(listeners.get(type) ?? []), ...(listeners.get('*') ?? [])];
      listening.set(type, found);
    }
    return found;
  }
  const log = pluginLog('@aiwork/core');
  const onThrown = ({ type }: RunEvent, error: unknown) =>
    log.error(`a listener for ${type} threw: ${toRunError(error).message}`);
  return {
    use: slots.use,
    runStore,
    payloads,
    queue: slots.find('queue'),
    telemetry,
    publish(event) {
      if (listeners.size === 0) return;
      // A reader of the stream must not harm the run.
      for (const listener of listeningTo(event.type)) {
        try {
          const result = listener(event);
          if (result instanceof Promise) result.catch((error) => onThrown(event, error));
        } catch (error) {
          onThrown(event, error);
        }
      }
    },
    dispose,
  };
}

function checkPlugin(plugin: Plugin): void {
  if (plugin?.['~aiwork'] === 'plugin/1') return;
  const problem =
    typeof plugin === 'function'
      ? 'a function: call it with its options, as in plugins: [sqlite({ path })]'
      : 'not made by definePlugin of this API version (plugin/1)';
  throw new AiworkError('AIWORK_PLUGIN_INVALID', `what was given in plugins is ${problem}`);
}
