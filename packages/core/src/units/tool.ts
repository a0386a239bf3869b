import { AiworkError } from '../errors.ts';
import type { Schema, WireSchema } from '../schema.ts';
import type { RunContext } from './run-context.ts';
import { type Runnable, type UnitOptions, unitBase } from './runnable.ts';
import { requireFunction, requireSchema } from './task.ts';

/** @since 0.1.0 */
export interface ToolOptions<Input, Parsed, Output> extends UnitOptions {
  /** How models name it: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** What it does and when to use it, for the model. */
  readonly description: string;
  readonly input: WireSchema<Input, Parsed>;
  readonly output?: Schema<unknown, Output>;
  /** Whether a person has to approve a call an agent makes. Default `false`. */
  readonly approval?: boolean | ((input: Parsed, ctx: RunContext) => boolean | Promise<boolean>);
  run(input: Parsed, ctx: RunContext): Promise<Output> | Output;
}

/** A task that a model may call. @since 0.1.0 */
export interface Tool<Input, Output> extends Runnable<Input, Output> {
  readonly kind: 'tool';
  readonly description: string;
  readonly input: WireSchema;
  readonly output?: Schema;
  // biome-ignore lint/suspicious/noExplicitAny: the schema in front of it decides what it gets
  readonly approval: boolean | ((input: any, ctx: RunContext) => boolean | Promise<boolean>);
  // biome-ignore lint/suspicious/noExplicitAny: the schema in front of it decides what it gets
  run(input: any, ctx: RunContext): unknown;
}

/** Any tool, whatever its types. @since 0.1.0 */
// biome-ignore lint/suspicious/noExplicitAny: that is its meaning
export type AnyTool = Tool<any, any>;

/**
 * Defines a tool: a task with a description, whose input schema can be shown to a model. Its id is its name.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when name, description, schema or policy is malformed.
 * @example
 * ```ts
 * import { defineTool } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const add = defineTool({
 *   name: 'add',
 *   description: 'Adds two numbers.',
 *   input: z.object({ a: z.number(), b: z.number() }),
 *   run: ({ a, b }) => a + b,
 * });
 * console.log(add.id); // add
 * ```
 * @since 0.1.0
 */
export function defineTool<Input, Parsed, Output>(
  options: ToolOptions<Input, Parsed, Output>,
): Tool<Input, Output> {
  const base = unitBase('tool', options.name, options);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(base.id)) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `the tool name ${JSON.stringify(base.id)} is one that models refuse: use 1 to 64 letters, digits, "_" or "-"`,
    );
  }
  if (!options.description) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `tool "${base.id}" has no description: say what it does and when to use it`,
    );
  }
  requireSchema(options.input, `input of tool "${base.id}"`);
  requireFunction(options.run, `run of tool "${base.id}"`);
  return Object.freeze({
    ...base,
    description: options.description,
    input: options.input,
    ...(options.output && { output: options.output }),
    approval: options.approval ?? false,
    run: options.run,
  });
}
