import type { ChatRequest, Message, ToolDescription } from '../adapters/chat-model.ts';
import { callModel } from '../engine/call-model.ts';
import type { UnitContext } from '../engine/unit-context.ts';
import { AiworkError } from '../errors.ts';
import { type Callables, describeCallables } from './callables.ts';
import { type RecordedTurn, recordKey, recordTurn } from './conversation-record.ts';
import { createDisplay, type Display } from './display.ts';
import type { Floor } from './floor.ts';

/** What a model said in a turn. */
export interface Turn extends RecordedTurn {
  /** Which of the conversation, from 1. */
  readonly turn: number;
  /** What whoever watches has seen of a text that guardrails look at; nobody is to see more of it when absent. */
  readonly shown?: string;
}

/**
 * One model call, made and counted once: a resume gets the recorded reply.
 *
 * @throws `AIWORK_BUDGET_EXCEEDED`, `AIWORK_MODEL_INCOMPLETE`, `AIWORK_MODEL_INVALID_REPLY`; whatever the model throws.
 */
export async function takeTurn(
  floor: Floor,
  conversation: readonly Message[],
  callables: Callables,
  turn: number,
  ctx: UnitContext,
): Promise<Turn> {
  let display: Display | undefined;
  const reply = await ctx.once(recordKey.turn(turn), async (): Promise<RecordedTurn> => {
    display = createDisplay(floor.guardrails, ctx);
    const request = requestFor(floor, conversation, describeCallables(callables));
    const { text, toolCalls, reason } = await callModel(
      ctx,
      { model: floor.model, agent: floor.agent.id, request },
      {
        onChunk(chunk) {
          if (chunk.type === 'text') display?.push(chunk.text);
        },
      },
    );
    if (reason === 'length' || reason === 'content-filter') throw incomplete(floor, reason);
    return recordTurn({ text, toolCalls }, callables);
  });
  const shown = display?.shown();
  return { turn, ...reply, ...(shown !== undefined && { shown }) };
}

function requestFor(
  { agent, instructions, asked, reminder, schema }: Floor,
  conversation: readonly Message[],
  tools: readonly ToolDescription[],
): ChatRequest {
  const { temperature, maxTokens } = agent.options;
  const messages = [...conversation];
  if (reminder !== undefined) messages.splice(asked, 0, { role: 'user', content: reminder });
  if (instructions !== '') messages.unshift({ role: 'system', content: instructions });
  return {
    messages,
    ...(tools.length > 0 && { tools }),
    ...(schema && { schema }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

function incomplete({ agent, model }: Floor, reason: 'length' | 'content-filter'): AiworkError {
  const limit = agent.options.maxTokens;
  const problem =
    reason === 'length'
      ? `stopped at its length limit${limit === undefined ? '' : ` (maxTokens ${limit})`}: raise maxTokens, or ask for less at once`
      : 'was stopped by a content filter';
  return new AiworkError(
    'AIWORK_MODEL_INCOMPLETE',
    `chat model "${model.id}" ${problem}; its reply to agent "${agent.id}" is not whole and was not used`,
  );
}
