import type { ChatModel, ChatRequest, ModelReply, ModelUsage } from '../adapters/chat-model.ts';
import { type GenerateOptions, generate } from '../agent/generate.ts';
import type { UnitContext } from './unit-context.ts';

export interface ModelCall {
  readonly model: ChatModel;
  readonly request: ChatRequest;
  /** Id of the agent that asks, where one does. */
  readonly agent?: string;
}

/**
 * A call of a model by a step: traced, journaled with what it used, and counted against budgets.
 *
 * @throws `AIWORK_BUDGET_EXCEEDED`; what {@link generate} throws.
 */
export async function callModel(
  ctx: Pick<UnitContext, 'requireBudget' | 'spend' | 'traceModelCall' | 'log' | 'signal'>,
  { model, request, agent }: ModelCall,
  { onChunk, signal }: GenerateOptions = {},
): Promise<ModelReply> {
  ctx.requireBudget('model');
  let usage: ModelUsage | undefined;
  const count = () => {
    const { inputTokens = 0, outputTokens = 0, cost } = usage ?? {};
    const spent = { inputTokens, outputTokens, ...(cost !== undefined && { cost }) };
    ctx.spend({ type: 'model.called', model: model.id, ...spent });
  };
  let reply: ModelReply;
  try {
    reply = await ctx.traceModelCall(
      { model: model.id, ...(agent !== undefined && { agent }), request },
      () =>
        generate(model, request, {
          onChunk(chunk) {
            if (chunk.type === 'usage') usage = chunk;
            onChunk?.(chunk);
          },
          signal: signal ? AbortSignal.any([ctx.signal, signal]) : ctx.signal,
        }),
    );
  } catch (error) {
    // A call that failed was made all the same, and may have been charged for.
    if (!ctx.signal.aborted) count();
    throw error;
  }
  if (!usage) ctx.log.warn(`chat model "${model.id}" does not say what it used: its tokens count as 0`);
  count();
  return reply;
}
