import { randomUUID } from 'node:crypto';
import { generate } from '../agent/generate.ts';
import { AiworkError } from '../errors.ts';
import type { RunContext } from '../units/run-context.ts';

const ignore = () => {};

/** The context of code that is called outside of any run: nothing is journaled, and there is nothing to use. */
export function standaloneContext(stepId: string, signal: AbortSignal): RunContext {
  const id = randomUUID();
  const outside = (what: string): never => {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `"${stepId}" called ${what}, but it is not called from a run: pass the ctx of a step along, or start it with an orchestrator`,
    );
  };
  return {
    runId: `standalone-${id}`,
    stepId,
    attempt: 1,
    signal,
    idempotencyKey: id,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    async once(key, effect) {
      return effect(`${id}-${key}`);
    },
    emit: ignore,
    use: (slot) => outside(`ctx.use('${slot}')`),
    generate: (model, request, options) =>
      generate(model, request, {
        ...options,
        signal: options?.signal ? AbortSignal.any([signal, options.signal]) : signal,
      }),
    run: async (unit) => outside(`ctx.run("${unit.id}")`),
  };
}
