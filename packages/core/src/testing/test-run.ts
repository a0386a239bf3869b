import type { ChatModel } from '../adapters/chat-model.ts';
import type { Clock } from '../engine/clock.ts';
import { AiworkError } from '../errors.ts';
import { openOrchestrator } from '../orchestrator.ts';
import type { OrchestratorOptions, StartOptions } from '../orchestrator-api.ts';
import { definePlugin } from '../plugin.ts';
import type { FinalStatus, RunEvent } from '../run-event.ts';
import type { AnyFlow } from '../units/flow.ts';
import type { RunContext } from '../units/run-context.ts';
import type { AnyUnit, Runnable } from '../units/runnable.ts';
import { virtualClock } from './virtual-clock.ts';

/** Makes a step's output, or throws what it fails with. @since 0.1.0 */
export type MockFunction = (input: unknown, ctx: RunContext) => unknown;

/** What stands in for a step's code: its output, an error to fail with, or a function. @since 0.1.0 */
export type Mock = MockFunction | Error | object | string | number | boolean | null | undefined;

/** @since 0.1.0 */
export interface TestRunOptions extends StartOptions, Pick<OrchestratorOptions, 'plugins' | 'units'> {
  /**
   * By step id, as the run's events name it: `doc`, an item of a map as `pages[0]`, a tool call of an agent as
   * `ask/1.1-search`. Steps of sub-flows go by their ids there. The retries and timeouts of a step hold for its mock.
   */
  readonly mocks?: Readonly<Record<string, Mock>>;
  /**
   * Default: a virtual one that fires a timer when nothing has happened for 5 ms. Give `systemClock` where slow work
   * outside the process is waited for under a timeout.
   */
  readonly clock?: Clock;
  /** The default chat model of the run. */
  readonly chatModel?: ChatModel;
}

/** How a test run ended. @since 0.1.0 */
export interface TestRun<Output> {
  readonly runId: string;
  readonly status: FinalStatus;
  /** Present when it succeeded. */
  readonly output?: Output;
  /** What it failed with or was cancelled by. */
  readonly error?: unknown;
  /** In the order they happened, pieces of a model's text included. */
  readonly events: readonly RunEvent[];
  /** Outputs of the steps that succeeded, by step id; those of sub-flows are in runs of their own. */
  readonly outputs: ReadonlyMap<string, unknown>;
  /** Ids in `mocks` that no step asked for. */
  readonly unusedMocks: readonly string[];
}

/**
 * Runs a unit to its end, in memory and without waiting, with some of its steps replaced.
 *
 * @throws `AIWORK_UNKNOWN_STEP` when a mock names a step that the flow and its sub-flows do not have;
 * `AIWORK_INVALID_INPUT` as `start` does. A failed run is a result, not an error.
 * @example
 * ```ts
 * import { defineFlow } from '@aiwork/core';
 * import { testRun } from '@aiwork/core/testing';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'report', input: z.object({ city: z.string() }) }, (f) => {
 *   const weather = f.step('weather', { needs: { input: f.input }, run: async () => ({ celsius: Number.NaN }) });
 *   return f.step('text', { needs: { weather }, run: ({ weather }) => `${weather.celsius} °C` });
 * });
 * const { output } = await testRun(flow, { city: 'Oslo' }, { mocks: { weather: { celsius: -3 } } });
 * console.log(output); // -3 °C
 * ```
 * @since 0.1.0
 */
export async function testRun<I, O>(
  unit: Runnable<I, O>,
  input: NoInfer<I>,
  options: TestRunOptions = {},
): Promise<TestRun<O>> {
  const {
    mocks = {},
    clock = virtualClock({ auto: true, patienceMs: 5 }),
    chatModel,
    plugins = [],
    units = [],
    ...start
  } = options;
  checkMocks(unit, Object.keys(mocks));
  const used = new Set<string>();
  const seen: RunEvent[] = [];
  const kit = definePlugin({
    name: 'test-run',
    setup(host) {
      host.on('*', (event) => seen.push(event));
      if (chatModel) host.provide('chatModel', chatModel, { default: true });
    },
  });
  await using ai = openOrchestrator({
    clock,
    units,
    plugins: [kit(), ...plugins],
    intercept(stepId, ctx, given) {
      if (!Object.hasOwn(mocks, stepId)) return undefined;
      used.add(stepId);
      const mock = mocks[stepId];
      if (mock instanceof Error) throw mock;
      return { output: typeof mock === 'function' ? mock(given, ctx) : mock };
    },
  });
  const run = await ai.start(unit, input, start);
  const ending = await run.result().then(
    (output) => ({ output }),
    (error: unknown) => ({ error }),
  );
  // Seen as they happened, so that what is not journaled is there, too.
  const events = seen.filter(({ runId }) => runId === run.id);
  const status = (await run.status()) as FinalStatus;
  const outputs = new Map(
    events.flatMap((event) =>
      event.type === 'step.succeeded' ? [[event.stepId, event.output] as const] : [],
    ),
  );
  const unusedMocks = Object.keys(mocks).filter((id) => !used.has(id));
  return { runId: run.id, status, ...ending, events, outputs, unusedMocks };
}

/** A mock that is never asked makes a test pass for the wrong reason. Parts of steps are known only in the run. */
function checkMocks(unit: AnyUnit, ids: readonly string[]): void {
  if (unit.kind !== 'flow') return;
  const known = stepIds(unit as AnyFlow, new Set());
  const unknown = ids.find((id) => !known.has(id.replace(/[[/].*$/s, '')));
  if (unknown === undefined) return;
  throw new AiworkError(
    'AIWORK_UNKNOWN_STEP',
    `mocks names "${unknown}", but flow "${unit.id}" has no such step: it has ${[...known].join(', ')}`,
  );
}

function stepIds(flow: AnyFlow, found: Set<string>): Set<string> {
  for (const { id } of flow.toGraph().nodes) found.add(id);
  for (const unit of Object.values(flow.parts().units)) {
    if (unit.kind === 'flow') stepIds(unit as AnyFlow, found);
  }
  return found;
}
