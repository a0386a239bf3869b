import type { Message, ToolCall } from '../adapters/chat-model.ts';
import type { UnitContext } from '../engine/unit-context.ts';
import { AiworkError } from '../errors.ts';
import type { AnyAgent } from '../units/agent.ts';
import { checkAnswer, showRemark } from './answer.ts';
import { callablesOf } from './callables.ts';
import { readConversation } from './conversation.ts';
import { givenTexts, recordKey } from './conversation-record.ts';
import { type Floor, takeFloor } from './floor.ts';
import { screenInput } from './guardrails.ts';
import { handOffIn } from './handoff.ts';
import { makeCalls } from './tools.ts';
import { takeTurn } from './turn.ts';

const defaultMaxTurns = 16;

/**
 * Lets an agent work in turns until it, or an agent it hands over to, has an answer that passes. Model calls, tool calls
 * and decisions are in the journal: a resume goes through the same conversation without making them again.
 */
export async function runAgent(
  agent: AnyAgent,
  input: string | readonly Message[],
  ctx: UnitContext,
): Promise<unknown> {
  const { guardrails = [] } = agent.options;
  const given = readConversation(input, agent.id);
  await ctx.once(recordKey.given(agent.id), () => givenTexts(given));
  let conversation = await screenInput(given, guardrails, 0, ctx);
  let floor = await takeFloor(agent, conversation, ctx);
  const turns = new Map<string, number>();
  let feedback: string | undefined;
  for (let turn = 1; ; turn += 1) {
    countTurn(turns, floor.agent, feedback);
    const callables = callablesOf(floor.agent);
    const reply = await takeTurn(floor, conversation, callables, turn, ctx);
    if (reply.toolCalls.length === 0) {
      const checked = await checkAnswer(floor, reply, ctx);
      if ('answer' in checked) return checked.answer;
      feedback = checked.feedback;
      const rejected: Message = { role: 'assistant', content: reply.text };
      conversation = [...conversation, rejected, { role: 'user', content: feedback }];
      continue;
    }
    feedback = undefined;
    await showRemark(floor, reply, ctx);
    const handOff = handOffIn(reply.toolCalls, callables);
    const calls = handOff?.otherCalls ?? reply.toolCalls;
    const results = await makeCalls(floor, calls, callables, turn, ctx);
    const answers = inOrderOf(reply.toolCalls, [...results, ...(handOff?.messages ?? [])]);
    conversation = [
      ...conversation,
      { role: 'assistant', content: reply.text, toolCalls: reply.toolCalls },
      ...answers,
    ];
    if (!handOff) continue;
    conversation = await screenInput(conversation, newGuardrails(handOff.to, floor), turn, ctx);
    floor = await takeFloor(handOff.to, conversation, ctx, floor);
  }
}

/** Each agent has its own turns, however often it is handed the conversation: so circles of agents end, too. */
function countTurn(
  turns: Map<string, number>,
  { id, options }: AnyAgent,
  feedback: string | undefined,
): void {
  const { maxTurns = defaultMaxTurns } = options;
  const turn = (turns.get(id) ?? 0) + 1;
  turns.set(id, turn);
  if (turn <= maxTurns) return;
  throw new AiworkError(
    'AIWORK_TURN_LIMIT',
    `agent "${id}" made ${maxTurns} model calls (maxTurns) and has no answer${feedback ? ` that passes; the last was refused: ${feedback}` : ' yet'}`,
  );
}

function newGuardrails({ options }: AnyAgent, { guardrails }: Floor) {
  return (options.guardrails ?? []).filter((guardrail) => !guardrails.includes(guardrail));
}

function inOrderOf(calls: readonly ToolCall[], messages: readonly Message[]): readonly Message[] {
  const byCall = new Map(messages.map((message) => [message.role === 'tool' && message.toolCallId, message]));
  return calls.flatMap(({ id }) => byCall.get(id) ?? []);
}
