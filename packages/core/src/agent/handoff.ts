import type { Message, ToolCall } from '../adapters/chat-model.ts';
import type { AnyAgent } from '../units/agent.ts';
import type { Callables } from './callables.ts';

/** The hand-off a model asks for in a turn: the first one, if there are several. */
export interface HandOff {
  readonly to: AnyAgent;
  readonly messages: readonly Message[];
  readonly otherCalls: readonly ToolCall[];
}

/** Takes the hand-offs out of the calls of a turn. */
export function handOffIn(calls: readonly ToolCall[], callables: Callables): HandOff | undefined {
  const isHandOff = (call: ToolCall) => callables.get(call.name)?.kind === 'agent';
  const [first, ...more] = calls.filter(isHandOff);
  const to = first && callables.get(first.name);
  if (!first || to?.kind !== 'agent') return undefined;
  const accepted = { content: `The conversation is with "${to.id}" now.` };
  const refused = {
    content: 'Error: a conversation is handed over to one agent at a time; this call was ignored.',
    isError: true,
  };
  return {
    to,
    messages: [
      { role: 'tool', toolCallId: first.id, ...accepted },
      ...more.map((call): Message => ({ role: 'tool', toolCallId: call.id, ...refused })),
    ],
    otherCalls: calls.filter((call) => !isHandOff(call)),
  };
}
