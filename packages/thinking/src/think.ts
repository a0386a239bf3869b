import {
  AiworkError,
  type ChatModel,
  type ChatRequest,
  estimateTokens,
  type GenerateOptions,
  generate,
  type JsonSchema,
  type Message,
  type ModelReply,
  toMilliseconds,
} from '@aiwork/core';
import { systemClock } from '@aiwork/core/adapter-kit';
import { answerKey, finalAnswer } from './answers/final-answer.ts';
import { createAskModel, type Recorder } from './ask-model.ts';
import { createPurse } from './budget/purse.ts';
import { checkBudget, type ThinkingBudget, type ThinkingUsage } from './budget/thinking-budget.ts';
import { conversationOf } from './question.ts';
import { defaultStrategy } from './strategies/default-strategy.ts';
import type { Strategy } from './strategy.ts';
import type { StopReason, ThinkingEvent } from './thinking-event.ts';
import { createWorkspace, type OwnedWorkspace } from './workspace.ts';

/** @since 0.1.0 */
export interface ThinkOptions {
  readonly model: ChatModel;
  /** Default: {@link defaultStrategy}. */
  readonly strategy?: Strategy;
  /** Default: none, so that the strategy alone says when it ends. */
  readonly budget?: ThinkingBudget;
  /** Put before the question, as a system message. Default: to think step by step and end with `Answer: …`. */
  readonly instructions?: string;
  /** Of alternatives; judges and critics are asked at 0. Default 0.8. */
  readonly temperature?: number;
  /** Most tokens of one reply, which is what a call sets aside of the budget. Default 2048. */
  readonly maxTokens?: number;
  /** JSON Schema that answers have to follow. */
  readonly schema?: JsonSchema;
  /** What a reply comes to. Default: {@link finalAnswer}. */
  finalAnswer?(text: string): string;
  /** Equal for answers that say the same. Default: {@link answerKey}. */
  answerKey?(answer: string): string;
  /** Tokens of what a call is told, rather more than less. Default: {@link estimateTokens}. */
  estimateTokens?(messages: readonly Message[]): number;
  /** Makes a call. Default: `generate` of core; `ctx.generate` of a step journals and counts it. */
  generate?(model: ChatModel, request: ChatRequest, options: GenerateOptions): Promise<ModelReply>;
  /** Is told what happens, at once. What it throws ends the thinking. */
  onEvent?(event: ThinkingEvent): void;
  /** Keeps replies, so that thinking that is repeated goes on where it was. Default: nothing is kept. */
  readonly record?: Recorder;
  /** Reaches every call. */
  readonly signal?: AbortSignal;
}

/** What thinking came to. @since 0.1.0 */
export interface Thought {
  /** The answer alone. */
  readonly answer: string;
  /** The whole text of the alternative that was kept. */
  readonly text: string;
  /** Id of that alternative. */
  readonly id: string;
  readonly stopped: StopReason;
  readonly rounds: number;
  readonly usage: ThinkingUsage;
}

const stepByStep =
  'Think step by step. End with one line that begins with "Answer:", followed by the answer alone.';
const defaultMaxTokens = 2048;

/**
 * Has a model think about a question: alternatives, weighed by a strategy, within a budget. A question is a text, or a
 * conversation that ends with one.
 *
 * @throws the reason of `signal` when it aborts; `AIWORK_BUDGET_EXCEEDED` when the budget leaves no alternative at all;
 * `AIWORK_THINKING_FAILED` when every alternative was lost, with the reasons as its cause; `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { selfConsistency, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['17 * 24 = 408\nAnswer: 408', 'Answer: 398', '340 + 68\nAnswer: 408']);
 * const thought = await think('What is 17 * 24?', { model, strategy: selfConsistency({ samples: 3 }) });
 * console.log(thought.answer, thought.usage.modelCalls); // 408 3
 * ```
 * @since 0.1.0
 */
export async function think(question: string | readonly Message[], options: ThinkOptions): Promise<Thought> {
  const { model, strategy = defaultStrategy(), onEvent = () => {}, signal } = options;
  const { maxTokens = defaultMaxTokens, temperature = 0.8, instructions = stepByStep } = options;
  const budget = { ...(model.price && { price: model.price }), ...options.budget };
  checkBudget(budget);
  requireMaxTokens(maxTokens);
  signal?.throwIfAborted();
  const conversation = conversationOf(question, instructions);
  const purse = createPurse(budget);
  const time = limitTime(budget, signal);
  const tokensOf = options.estimateTokens ?? estimateTokens;
  try {
    const workspace = createWorkspace({
      ...conversation,
      temperature,
      maxTokens,
      ...(options.schema && { schema: options.schema }),
      finalAnswer: options.finalAnswer ?? finalAnswer,
      answerKey: options.answerKey ?? answerKey,
      onEvent,
      askModel: createAskModel({
        model,
        purse,
        inputTokensOf: ({ messages, schema }) =>
          tokensOf(messages) + (schema ? tokensOf([{ role: 'system', content: JSON.stringify(schema) }]) : 0),
        generate: options.generate ?? generate,
        record: options.record ?? ((_, call) => call()),
      }),
      signal: time.signal,
    });
    onEvent({
      type: 'thinking.started',
      question: conversation.question,
      strategy: strategy.name,
      model: model.id,
    });
    const ended = await strategy.run(workspace);
    signal?.throwIfAborted();
    const best = workspace.kept ?? fail(workspace, strategy, model, time.isOver);
    const stopped = ended === 'finished' && workspace.isSpent ? 'budget' : ended;
    const { id, answer, text } = best;
    onEvent({ type: 'thinking.finished', id, answer, stopped, usage: purse.usage });
    return { answer, text, id, stopped, rounds: workspace.round, usage: purse.usage };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    time.end();
  }
}

function requireMaxTokens(maxTokens: number): void {
  if (Number.isInteger(maxTokens) && maxTokens >= 1) return;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `maxTokens is ${maxTokens}: give a whole number of 1 or more`,
  );
}

/** A signal that aborts with the caller's, when the time of the budget is over, and when the thinking is. */
function limitTime({ wallTime }: ThinkingBudget, signal?: AbortSignal) {
  const over = new AbortController();
  const ended = new AbortController();
  const clear =
    wallTime !== undefined &&
    systemClock.setTimer(toMilliseconds(wallTime), () =>
      over.abort(new Error(`the time of the budget (${wallTime}) is over`)),
    );
  return {
    signal: AbortSignal.any([over.signal, ended.signal, ...(signal ? [signal] : [])]),
    isOver: () => over.signal.aborted,
    end() {
      if (clear) clear();
      // What is on its way when the strategy or an observer fails has nobody left who waits for it.
      ended.abort(new Error('the thinking is over'));
    },
  };
}

function fail(
  { refused, failures }: OwnedWorkspace,
  strategy: Strategy,
  model: ChatModel,
  isTimeOver: () => boolean,
): never {
  if (failures.length === 0 && refused) {
    const { limit, used, wanted, allowed } = refused;
    throw new AiworkError(
      'AIWORK_BUDGET_EXCEEDED',
      `the budget leaves no alternative: the next call may take ${wanted} ${limit}, ${used} of ${allowed} are used; raise budget.${limit}, or lower maxTokens`,
    );
  }
  if (failures.length === 0 && isTimeOver()) {
    throw new AiworkError(
      'AIWORK_BUDGET_EXCEEDED',
      'the time of the budget was over before any alternative was there: raise budget.wallTime',
    );
  }
  const [first] = failures;
  throw new AiworkError(
    'AIWORK_THINKING_FAILED',
    `all ${failures.length} alternatives that chat model "${model.id}" was asked for (strategy "${strategy.name}") were lost${first instanceof Error ? `, the first with: ${first.message}` : ''}`,
    {
      cause: new AggregateError(failures, 'what the alternatives were lost with'),
      retryable: failures.some((failure) => AiworkError.isInstance(failure) && failure.retryable),
    },
  );
}
