import { AiworkError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { RunEvent, RunEventType } from './run-event.ts';
import { type Schema, validate } from './schema.ts';
import type { Slots, UseSlot } from './slots.ts';
import { requireSchema } from './units/task.ts';

/** What a plugin is set up with. @since 0.1.0 */
export interface PluginHost {
  /**
   * Fills a slot. Several may fill one slot under different names (default: the plugin's); the first, or the one that
   * says `default`, is what `use(slot)` gives.
   */
  provide<K extends keyof Slots>(
    slot: K,
    implementation: Slots[K],
    options?: { readonly name?: string; readonly default?: boolean },
  ): void;
  /** Sees every event of that type of the runs this process works on, in order; `'*'` is every event. */
  on<T extends RunEventType | '*'>(
    type: T,
    listener: (event: T extends RunEventType ? Extract<RunEvent, { type: T }> : RunEvent) => void,
  ): void;
  readonly use: UseSlot;
  readonly log: Logger;
}

/** A configured plugin, as `createOrchestrator` takes it. @since 0.1.0 */
export interface Plugin {
  /** Marks plugins across copies of core; the number is the API version. */
  readonly '~aiwork': 'plugin/1';
  readonly name: string;
  setup(host: PluginHost, signal: AbortSignal): void | AsyncDisposable | Promise<void | AsyncDisposable>;
}

/** @since 0.1.0 */
export interface PluginOptions<Input, Parsed> {
  /** The package's name. */
  readonly name: string;
  /** What the factory takes. Without it, nothing. */
  readonly options?: Schema<Input, Parsed>;
  /**
   * Connects and provides. What it returns is disposed of when the orchestrator is. `signal` aborts when that happens
   * during setup.
   */
  setup(
    host: PluginHost,
    options: Parsed,
    signal: AbortSignal,
  ): void | AsyncDisposable | Promise<void | AsyncDisposable>;
}

/**
 * Defines a plugin: returns the factory users call with its options.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when `options` is no Standard Schema; the factory throws it when what it is given does
 * not fit the schema.
 * @example
 * ```ts
 * import { createOrchestrator, definePlugin } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const counter = definePlugin({
 *   name: 'counter',
 *   options: z.object({ every: z.number() }),
 *   setup(host, { every }) {
 *     let steps = 0;
 *     host.on('step.succeeded', () => {
 *       steps += 1;
 *       if (steps % every === 0) host.log.info(`${steps} steps`);
 *     });
 *   },
 * });
 * await using ai = createOrchestrator({ plugins: [counter({ every: 100 })] });
 * ```
 * @since 0.1.0
 */
export function definePlugin<Input = void, Parsed = Input>(
  definition: PluginOptions<Input, Parsed>,
): (options: Input) => Plugin {
  const { name, options: schema, setup } = definition;
  if (schema !== undefined) requireSchema(schema, `options of plugin "${name}"`);
  return (given) => {
    const parsed = schema
      ? validate(schema, given, { code: 'AIWORK_INVALID_ARGUMENT', what: `the options of plugin "${name}"` })
      : (given as unknown as Parsed);
    if (parsed instanceof Promise) {
      // Nothing would see it reject.
      parsed.catch(() => {});
      throw new AiworkError(
        'AIWORK_PLUGIN_INVALID',
        `the options schema of plugin "${name}" is asynchronous: use a synchronous one`,
      );
    }
    return Object.freeze({
      '~aiwork': 'plugin/1',
      name,
      setup: (host: PluginHost, signal: AbortSignal) => setup(host, parsed, signal),
    });
  };
}
