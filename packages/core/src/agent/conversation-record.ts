import type { Message, ModelReply, ToolCall } from '../adapters/chat-model.ts';
import type { Callables } from './callables.ts';

/** What the user said in the conversation an agent was given. */
export interface GivenText {
  /** Which message of it, from 0. */
  readonly message: number;
  readonly text: string;
}

/** A model's reply in a turn. */
export interface RecordedTurn extends Pick<ModelReply, 'text' | 'toolCalls'> {
  /** Ids of the calls that hand over. */
  readonly handOffs?: readonly string[];
  /** Ids of the calls that name nothing the agent had. */
  readonly unknown?: readonly string[];
}

/** What became of a call that was made. */
export interface RecordedCall {
  /** What the model is told of a failure; the output of a call that succeeded is that of its step. */
  readonly error?: string;
}

const givenPrefix = 'given-';

/** Keys under which an agent's step keeps its conversation: see {@link RunContext.once}. */
export const recordKey = {
  given: (agentId: string) => `${givenPrefix}${agentId}`,
  turn: (turn: number) => `turn-${turn}`,
  called: (call: string) => `called-${call}`,
} as const;

/** The agent whose conversation begins with a record of this key. */
export function agentOfRecord(key: string): string | undefined {
  return key.startsWith(givenPrefix) ? key.slice(givenPrefix.length) : undefined;
}

/** What a call is named by in the keys of records, and in the id of its step. */
export const callKey = (turn: number, call: number, tool: string) => `${turn}.${call}-${tool}`;

/** Without pictures, and without what others said: nothing looks at them here. */
export function givenTexts(conversation: readonly Message[]): readonly GivenText[] {
  return conversation.flatMap(({ role, content }, message) =>
    role === 'user' ? [{ message, text: content }] : [],
  );
}

export function recordTurn(
  { text, toolCalls }: Pick<ModelReply, 'text' | 'toolCalls'>,
  callables: Callables,
): RecordedTurn {
  const handOffs = idsOf(toolCalls, ({ name }) => callables.get(name)?.kind === 'agent');
  const unknown = idsOf(toolCalls, ({ name }) => !callables.has(name));
  return {
    text,
    toolCalls,
    ...(handOffs.length > 0 && { handOffs }),
    ...(unknown.length > 0 && { unknown }),
  };
}

function idsOf(calls: readonly ToolCall[], isMeant: (call: ToolCall) => boolean): readonly string[] {
  return calls.filter(isMeant).map(({ id }) => id);
}
