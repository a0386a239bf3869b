import type { ChatModel, Message } from '../adapters/chat-model.ts';
import type { Guardrail } from '../adapters/guardrail.ts';
import type { UnitContext } from '../engine/unit-context.ts';
import { untilAborted } from '../engine/until-aborted.ts';
import { AiworkError } from '../errors.ts';
import { type JsonSchema, requireJsonSchema } from '../schema.ts';
import type { AnyAgent } from '../units/agent.ts';
import { lastUserMessage } from './conversation.ts';
import { recall } from './memory.ts';

/** Hand-offs in one conversation. Turn limits end most circles earlier. */
const maxHandOffs = 32;

/** Who speaks, and with what. */
export interface Floor {
  readonly agent: AnyAgent;
  /** How many had the floor before. */
  readonly handOffs: number;
  readonly model: ChatModel;
  /** Those of this agent and of all that handed over to it: a hand-off never loosens a check. */
  readonly guardrails: readonly Guardrail[];
  readonly schema?: JsonSchema;
  readonly instructions: string;
  /** Where in the conversation the user's last message is, or -1. What this code itself adds as user does not count. */
  readonly asked: number;
  /** What memory has on that message. */
  readonly reminder?: string;
}

/**
 * Gives the floor to an agent: at the start, and at each hand-off. What depends on more than the journal is recorded, so
 * that a resume goes on with the same words.
 */
export async function takeFloor(
  agent: AnyAgent,
  conversation: readonly Message[],
  ctx: UnitContext,
  before?: Floor,
): Promise<Floor> {
  const { model, output, guardrails = [] } = agent.options;
  const handOffs = before ? before.handOffs + 1 : 0;
  if (handOffs > maxHandOffs) {
    throw new AiworkError(
      'AIWORK_TURN_LIMIT',
      `agents handed a conversation over more than ${maxHandOffs} times, last to "${agent.id}": tell them when to answer themselves`,
    );
  }
  const asked = before ? before.asked : lastUserMessage(conversation);
  return {
    agent,
    handOffs,
    model: typeof model === 'object' ? model : ctx.use('chatModel', model),
    guardrails: [...new Set([...guardrails, ...(before?.guardrails ?? [])])],
    ...(output && { schema: requireJsonSchema(output, `output of agent "${agent.id}"`) }),
    asked,
    ...(await prepare(agent, conversation[asked]?.content, ctx, handOffs)),
  };
}

interface Prepared {
  readonly instructions: string;
  readonly reminder?: string;
}

function prepare(
  agent: AnyAgent,
  question: string | undefined,
  ctx: UnitContext,
  handOffs: number,
): Promise<Prepared> | Prepared {
  const { instructions, memory } = agent.options;
  if (typeof instructions === 'string' && (!memory || !question)) return { instructions };
  return ctx.once(`floor-${handOffs + 1}`, async () => {
    const given = typeof instructions === 'string' ? instructions : instructions(ctx);
    const text = await untilAborted(given, ctx.signal);
    const reminder = memory && question ? await recall(memory, question, ctx) : undefined;
    return { instructions: text, ...(reminder !== undefined && { reminder }) };
  });
}
