import type { ChatModel, Message } from '../adapters/chat-model.ts';
import type { Guardrail } from '../adapters/guardrail.ts';
import { AiworkError } from '../errors.ts';
import type { WireSchema } from '../schema.ts';
import type { RunContext } from './run-context.ts';
import { type Runnable, type UnitOptions, unitBase } from './runnable.ts';
import { requireSchema } from './task.ts';
import type { AnyTool } from './tool.ts';

/** Which memory an agent is reminded from. @since 0.1.0 */
export interface AgentMemory {
  /** Name of the memory; by default the slot's default one. */
  readonly name?: string;
  /** How many of the best hits for the last user message go into the context. Default 5. */
  readonly topK?: number;
  readonly minScore?: number;
}

/** @since 0.1.0 */
export interface AgentOptions<Output> extends UnitOptions {
  readonly id: string;
  readonly instructions: string | ((ctx: RunContext) => string | Promise<string>);
  /** A model, or the name of one a plugin provides. Default: the slot's default one. */
  readonly model?: string | ChatModel;
  readonly tools?: readonly AnyTool[];
  readonly guardrails?: readonly Guardrail[];
  readonly memory?: AgentMemory;
  /** What the final answer must look like. Without it the answer is text. */
  readonly output?: WireSchema<unknown, Output>;
  /** Most model calls before the agent has to be done. Default 16. */
  readonly maxTurns?: number;
  /** Agents this one may hand the conversation over to. */
  readonly handoffs?: readonly AnyAgent[];
  /** What the agent is good at, for the agents that may hand over to it. */
  readonly description?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** A model with instructions, tools and limits, working in turns until it has an answer. @since 0.1.0 */
export interface Agent<Input, Output> extends Runnable<Input, Output> {
  readonly kind: 'agent';
  readonly options: AgentOptions<unknown>;
}

/** Any agent, whatever its types. @since 0.1.0 */
// biome-ignore lint/suspicious/noExplicitAny: that is its meaning
export type AnyAgent = Agent<any, any>;

/**
 * Defines an agent. Its input is a text, or the messages of a conversation.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when id, limits or policy are malformed; `AIWORK_DUPLICATE_ID` when two of its tools
 * or hand-offs share a name.
 * @example
 * ```ts
 * import { createOrchestrator, defineAgent } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 *
 * const greeter = defineAgent({
 *   id: 'greeter',
 *   instructions: 'Greet the user in one short sentence.',
 *   model: scriptedChatModel(['Hello, Ada!']),
 * });
 * await using ai = createOrchestrator();
 * console.log(await (await ai.start(greeter, 'I am Ada.')).result()); // Hello, Ada!
 * ```
 * @since 0.1.0
 */
export function defineAgent<Output = string>(
  options: AgentOptions<Output>,
): Agent<string | readonly Message[], Output> {
  const base = unitBase('agent', options.id, options);
  const what = `agent "${base.id}"`;
  if (options.output) requireSchema(options.output, `output of ${what}`);
  const { maxTurns } = options;
  if (maxTurns !== undefined && !(Number.isInteger(maxTurns) && maxTurns >= 1)) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `maxTurns of ${what} is ${maxTurns}: give a whole number of 1 or more`,
    );
  }
  refuseDuplicates(
    [...(options.tools ?? []), ...(options.handoffs ?? [])].map((unit) => unit.id),
    what,
  );
  return Object.freeze({ ...base, options: options as AgentOptions<unknown> });
}

function refuseDuplicates(ids: readonly string[], what: string): void {
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice === undefined) return;
  throw new AiworkError(
    'AIWORK_DUPLICATE_ID',
    `${what} has two tools or hand-offs called "${twice}": give each its own name`,
  );
}
