import { AiworkError } from '../errors.ts';
import type { Schema } from '../schema.ts';
import type { RunContext } from './run-context.ts';
import { type Runnable, type UnitOptions, unitBase } from './runnable.ts';

/** @since 0.1.0 */
export interface TaskOptions<Input, Parsed, Output> extends UnitOptions {
  readonly id: string;
  readonly input: Schema<Input, Parsed>;
  readonly output?: Schema<unknown, Output>;
  run(input: Parsed, ctx: RunContext): Promise<Output> | Output;
}

/** A function with a name, a checked input and a policy. @since 0.1.0 */
export interface Task<Input, Output> extends Runnable<Input, Output> {
  readonly kind: 'task';
  readonly input: Schema;
  readonly output?: Schema;
  // biome-ignore lint/suspicious/noExplicitAny: the schema in front of it decides what it gets
  run(input: any, ctx: RunContext): unknown;
}

/**
 * Defines a task: one piece of work that takes a checked input.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the id, schema or policy is malformed.
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const shout = defineTask({
 *   id: 'shout',
 *   input: z.object({ text: z.string() }),
 *   run: ({ text }) => text.toUpperCase(),
 * });
 * await using ai = createOrchestrator();
 * console.log(await (await ai.start(shout, { text: 'hello' })).result()); // HELLO
 * ```
 * @since 0.1.0
 */
export function defineTask<Input, Parsed, Output>(
  options: TaskOptions<Input, Parsed, Output>,
): Task<Input, Output> {
  const base = unitBase('task', options.id, options);
  requireSchema(options.input, `input of task "${base.id}"`);
  requireFunction(options.run, `run of task "${base.id}"`);
  return Object.freeze({
    ...base,
    input: options.input,
    ...(options.output && { output: options.output }),
    run: options.run,
  });
}

export function requireSchema(schema: unknown, what: string): void {
  if (typeof schema === 'object' || typeof schema === 'function') {
    if (schema !== null && typeof (schema as Schema)['~standard']?.validate === 'function') return;
  }
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `${what} is not a Standard Schema: give a schema of Zod, Valibot, ArkType or another library that follows it`,
  );
}

export function requireFunction(value: unknown, what: string): void {
  if (typeof value === 'function') return;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `${what} is ${value === undefined ? 'missing' : typeof value}: give a function`,
  );
}
