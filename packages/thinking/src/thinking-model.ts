import {
  type ChatChunk,
  type ChatModel,
  type ChatRequest,
  generate,
  type ModelReply,
  type ToolDescription,
} from '@aiwork/core';
import { wholeChatModel } from '@aiwork/core/adapter-kit';
import { type ThinkOptions, think } from './think.ts';

/** @since 0.1.0 */
export interface ThinkingModelOptions
  extends Omit<
    ThinkOptions,
    'instructions' | 'temperature' | 'maxTokens' | 'schema' | 'generate' | 'record' | 'signal'
  > {
  /** Default: `thinking:` and the id of the model. */
  readonly id?: string;
}

/**
 * A chat model that thinks before it answers, for an agent or whatever else takes a model. While there are tools to call,
 * the model is asked once, so that each call is made once; as soon as it answers in words, that answer is one of those that
 * the strategy weighs. What all calls used is reported as used by the one.
 *
 * @example
 * ```ts
 * import { createOrchestrator, defineAgent } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { selfConsistency, thinkingModel } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['408', '398', '408']);
 * const strategy = selfConsistency({ samples: 3, confidence: 1 });
 * const clerk = defineAgent({
 *   id: 'clerk',
 *   instructions: 'Answer with a number.',
 *   model: thinkingModel({ model, strategy }),
 * });
 * await using ai = createOrchestrator();
 * console.log(await (await ai.start(clerk, '17 * 24?')).result()); // 408
 * ```
 * @since 0.1.0
 */
export function thinkingModel(options: ThinkingModelOptions): ChatModel {
  const { model, id = `thinking:${model.id}`, ...thinking } = options;

  async function* reply(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk> {
    const { messages, tools = [], schema, temperature, maxTokens } = request;
    const decided = tools.length > 0 ? await generate(model, request, { signal }) : undefined;
    if (decided && (decided.toolCalls.length > 0 || decided.reason !== 'stop')) {
      yield* chunksOf(decided);
      return;
    }
    const { text, usage } = await think(messages, {
      ...thinking,
      model: decided ? startingWith(decided, model, tools) : model,
      instructions: '',
      ...(schema && { schema }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      signal,
    });
    const { inputTokens, outputTokens, cost } = usage;
    const used = { inputTokens, outputTokens, ...(cost > 0 && { cost }) };
    yield* chunksOf({ text, toolCalls: [], reason: 'stop', usage: used });
  }

  const stream: ChatModel['stream'] = (request, { signal }) => reply(request, signal);
  return wholeChatModel({ id, price: model.price, stream });
}

function* chunksOf({ text, toolCalls, reason, usage }: ModelReply): Generator<ChatChunk> {
  if (text !== '') yield { type: 'text', text };
  for (const call of toolCalls) yield { type: 'tool-call', ...call };
  if (usage) yield { type: 'usage', ...usage };
  yield { type: 'done', reason };
}

/** The model, whose first reply is there already. Some refuse conversations with tool calls in them without the tools. */
function startingWith(first: ModelReply, model: ChatModel, tools: readonly ToolDescription[]): ChatModel {
  let isGiven = false;
  return wholeChatModel({
    id: model.id,
    price: model.price,
    stream(request, options) {
      if (isGiven) {
        const isAboutTools = request.messages.some(({ role }) => role === 'tool');
        return model.stream({ ...request, ...(isAboutTools && { tools }) }, options);
      }
      isGiven = true;
      return given(first);
    },
  });
}

async function* given(reply: ModelReply): AsyncGenerator<ChatChunk> {
  yield* chunksOf(reply);
}
