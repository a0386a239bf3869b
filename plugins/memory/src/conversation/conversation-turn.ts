import type { Message } from '@aiwork/core';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';

/** What was said and done at once: most often what a user asks, the calls of tools that follow, and the answer. @since 0.1.0 */
export interface ConversationTurn {
  readonly id: string;
  /** When it was added, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly messages: readonly Message[];
  /** Whom and what it is about, for forgetting it. */
  readonly about: readonly string[];
}

/** In place of turns that a model is no longer told word for word. @since 0.1.0 */
export interface ConversationSummary {
  readonly text: string;
  /** How many turns it was made of, those that are not kept any more included. */
  readonly turns: number;
  /** Ids of those that are kept. */
  readonly of: readonly string[];
  /** Whom and what its turns are about. */
  readonly about: readonly string[];
  /** When the oldest of its turns was added, in milliseconds since the Unix epoch. */
  readonly since: number;
}

const roles = ['user', 'assistant', 'tool'];

/**
 * Refuses messages that are not a turn. Providers refuse a tool call without its result, and a result without its call, so
 * no turn has one without the other.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 */
export function checkTurnMessages(messages: readonly Message[]): void {
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalidArgument('a turn has no messages: give a list of at least one, as { role, content }');
  const open = new Set<string>();
  for (const [i, message] of messages.entries()) {
    checkMessage(message, i);
    if (message.role !== 'tool' && open.size > 0) throw unanswered(open, i);
    if (message.role === 'assistant') for (const { id } of message.toolCalls ?? []) open.add(id);
    if (message.role === 'tool' && !open.delete(message.toolCallId))
      throw invalidArgument(
        `message ${i} of the turn answers ${shown(message.toolCallId)}, which is no open tool call: put it behind the assistant's message that makes the call`,
      );
  }
  if (open.size > 0) throw unanswered(open, messages.length);
}

function checkMessage(message: unknown, i: number): void {
  const { role, content } = (message ?? {}) as Partial<Message>;
  if (role === 'system')
    throw invalidArgument(
      `message ${i} of the turn is a system message: give instructions to the agent, not to its conversation`,
    );
  const { toolCalls = [] } = (message ?? {}) as { readonly toolCalls?: unknown };
  if (!Array.isArray(toolCalls) || !toolCalls.every((call) => typeof call?.id === 'string'))
    throw invalidArgument(`message ${i} of the turn has a tool call without an id: give { id, name, input }`);
  if (roles.includes(role as string) && typeof content === 'string') return;
  throw invalidArgument(
    `message ${i} of the turn has no role or no text: give { role: 'user' | 'assistant' | 'tool', content }`,
  );
}

function unanswered(calls: ReadonlySet<string>, i: number) {
  return invalidArgument(
    `the tool call ${shown([...calls][0])} of the turn has no result before message ${i}: add a turn when it is over`,
  );
}
