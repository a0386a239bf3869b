import type { ChatModel, Message } from '../adapters/chat-model.ts';
import type { Guardrail } from '../adapters/guardrail.ts';
import { AiworkError } from '../errors.ts';
import type { WireSchema } from '../schema.ts';
import type { RunContext } from './run-context.ts';
import { isUnit, type Runnable, type UnitOptions, unitBase } from './runnable.ts';
import { requireFunction, requireSchema } from './task.ts';
import type { AnyTool } from './tool.ts';

/** Which memory an agent is reminded from. @since 0.1.0 */
export interface AgentMemory {
  /** Name of the memory; by default the slot's default one. */
  readonly name?: string;
  /** How many of the best hits for the last user message go into the context. Default 5. */
  readonly topK?: number;
  readonly minScore?: number;
}

/**
 * Tools that may change between the turns of an agent, such as those of a tool registry.
 *
 * @since 0.1.0
 */
export interface ToolSource {
  /** The tools there are now, each name once. */
  tools(): readonly AnyTool[];
}

/** @since 0.1.0 */
export interface AgentOptions<Output> extends UnitOptions {
  readonly id: string;
  readonly instructions: string | ((ctx: RunContext) => string | Promise<string>);
  /** A model, or the name of one a plugin provides. Default: the slot's default one. */
  readonly model?: string | ChatModel;
  /**
   * What it may call. A source is asked before each turn. The calls of a turn run at once, each as a step of its own
   * (`<step>/<turn>.<call>-<tool>`); what goes wrong with one is told to the model. A call that needs approval waits at
   * `<step>/approve-<turn>.<call>-<tool>` for `{ approved: boolean, reason?: string }`, as `orchestrator.signal` delivers
   * it.
   */
  readonly tools?: readonly AnyTool[] | ToolSource;
  /**
   * Checks, in this order. Where there are some on answers, nobody sees more of a text than all of them have let go: while
   * it comes when each of them can look at streams, else when it has passed. Those of an agent stay in force when it hands
   * over.
   */
  readonly guardrails?: readonly Guardrail[];
  /** Passages for the last thing the user said are put before it, as quoted data. */
  readonly memory?: AgentMemory;
  /** What the final answer must look like. Without it the answer is text. */
  readonly output?: WireSchema<unknown, Output>;
  /** Most model calls this agent makes before it has to be done, times with other agents not counted. Default 16. */
  readonly maxTurns?: number;
  /**
   * Agents this one may hand the conversation over to, each offered to the model as a tool `hand_off_to_<id>`. Their
   * answer becomes the answer of the run, so it has to be of the same type. A function, so that agents can name each
   * other.
   */
  readonly handoffs?: HandOffs<NoInfer<Output>>;
  /** What the agent is good at, for the agents that may hand over to it. */
  readonly description?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: they all take conversations
type HandOffs<Output> = readonly Agent<any, Output>[] | (() => readonly Agent<any, Output>[]);

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
 * A run of it fails with `AIWORK_TURN_LIMIT` when it has no answer in time, `AIWORK_GUARDRAIL_BLOCKED`,
 * `AIWORK_MODEL_INCOMPLETE` when a reply was cut off, `AIWORK_MODEL_INVALID_REPLY`, or what the model throws. Its retry
 * policy repeats the model call that failed; turns that succeeded are kept.
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
  const { instructions, guardrails = [], maxTurns } = options;
  if (typeof instructions !== 'string') requireFunction(instructions, `instructions of ${what}`);
  for (const [i, guardrail] of guardrails.entries()) requireGuardrail(guardrail, `guardrail ${i} of ${what}`);
  if (maxTurns !== undefined && !(Number.isInteger(maxTurns) && maxTurns >= 1)) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `maxTurns of ${what} is ${maxTurns}: give a whole number of 1 or more`,
    );
  }
  const agent = Object.freeze({ ...base, options: options as AgentOptions<unknown> });
  const { tools = [], handoffs = [] } = options;
  // What a source or function gives is looked at when it is asked, before a turn.
  callableBy(agent, 'tools' in tools ? [] : tools, typeof handoffs === 'function' ? [] : handoffs);
  return agent;
}

function requireGuardrail({ name, on, check }: Guardrail, what: string): void {
  requireFunction(check, `check of ${what}`);
  if (typeof name === 'string' && Array.isArray(on)) return;
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', `${what} has no name, or no list of stages in "on"`);
}

/** The tools an agent has now. */
export function toolsOf(agent: AnyAgent): readonly AnyTool[] {
  const { tools = [] } = agent.options;
  return 'tools' in tools ? tools.tools() : tools;
}

/** The agents an agent may hand over to. */
export function handOffsOf(agent: AnyAgent): readonly AnyAgent[] {
  const { handoffs = [] } = agent.options;
  return typeof handoffs === 'function' ? handoffs() : handoffs;
}

/** The name of the tool that hands over to an agent: its id, with what models refuse in names replaced by `_`. */
export function handOffName(agent: AnyAgent): string {
  return `hand_off_to_${agent.id.replace(/[^a-zA-Z0-9_-]/g, '_')}`.slice(0, 64);
}

/**
 * Tools and hand-offs under the names a model calls them by.
 *
 * @throws `AIWORK_DUPLICATE_ID` when two share a name.
 */
export function callableBy(
  agent: AnyAgent,
  tools: readonly AnyTool[],
  handOffs: readonly AnyAgent[],
): ReadonlyMap<string, AnyTool | AnyAgent> {
  const callables = new Map<string, AnyTool | AnyAgent>();
  for (const unit of [...tools, ...handOffs]) {
    if (!isUnit(unit) || (unit.kind !== 'tool' && unit.kind !== 'agent')) {
      throw new AiworkError(
        'AIWORK_INVALID_ARGUMENT',
        `agent "${agent.id}" has a tool or hand-off that is none: give what defineTool or defineAgent returned`,
      );
    }
    const name = unit.kind === 'agent' ? handOffName(unit) : unit.id;
    if (callables.has(name)) {
      throw new AiworkError(
        'AIWORK_DUPLICATE_ID',
        `agent "${agent.id}" has two tools or hand-offs that a model would call "${name}": give each its own name`,
      );
    }
    callables.set(name, unit);
  }
  return callables;
}
