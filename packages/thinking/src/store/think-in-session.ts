import { estimateTokens, type Message } from '@aiwork/core';
import { type FitContextOptions, fitContext } from '../context/fit-context.ts';
import { defaultStrategy } from '../strategies/default-strategy.ts';
import { type ThinkOptions, type Thought, think } from '../think.ts';
import type { ThinkingEvent } from '../thinking-event.ts';
import { sessionNotFound } from './store-failure.ts';
import type { StoredThought, ThinkingSessions } from './thinking-store.ts';

/** @since 0.1.0 */
export interface ThinkInSessionOptions extends ThinkOptions {
  /** A store, or the sessions of one owner. */
  readonly store: ThinkingSessions;
  readonly sessionId: string;
  /** Of what is kept. Default: made up. What was kept under it before is not kept again. */
  readonly thoughtId?: string;
  /** How much of the session goes with the question. Default: beside it, 8000 tokens of what is newest. */
  readonly context?: Omit<FitContextOptions, 'signal'>;
}

const defaultContextTokens = 8000;

/**
 * Thinks about a question with what was said before in its session, and keeps what it came to. Of earlier thinking only the
 * answers are told, not what was refused.
 *
 * @throws what {@link think} and the store throw; `AIWORK_SESSION_NOT_FOUND`, before anything is asked.
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { sqliteThinkingStore, thinkInSession } from '@aiwork/thinking/store';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'aiwork-')), 'thinking.db');
 * await using store = await sqliteThinkingStore({ path });
 * const { id: sessionId } = await store.createSession();
 * const model = scriptedChatModel(['Answer: 4', 'Answer: 4', 'Answer: 8', 'Answer: 8']);
 * await thinkInSession('2 + 2?', { store, sessionId, model });
 * const { answer } = await thinkInSession('And twice that?', { store, sessionId, model });
 * console.log(answer, model.requests.at(-1)?.messages.length); // 8 4
 * ```
 * @since 0.1.0
 */
export async function thinkInSession(
  question: string,
  options: ThinkInSessionOptions,
): Promise<StoredThought> {
  return (await thinkAndKeep(question, options)).stored;
}

/** As {@link thinkInSession}; gives also what the thinking came to by itself. */
export async function thinkAndKeep(
  question: string,
  options: ThinkInSessionOptions,
): Promise<{ readonly thought: Thought; readonly stored: StoredThought }> {
  const { store, sessionId, thoughtId, context, ...thinking } = options;
  const { model, strategy = defaultStrategy(), signal, record = (_, call) => call() } = thinking;
  const asked: Message = { role: 'user', content: question };
  // Recorded, since thinking that is repeated is to be told what it was told before, whatever was said meanwhile.
  const messages = await record('session', async () =>
    fitContext([...(await conversationOf(store, sessionId)), asked], {
      ...(context ?? { maxTokens: defaultContextTokens + estimateTokens([asked]) }),
      ...(signal && { signal }),
    }),
  );
  const events: ThinkingEvent[] = [];
  const thought = await think(messages, {
    ...thinking,
    strategy,
    onEvent(event) {
      events.push(event);
      thinking.onEvent?.(event);
    },
  });
  const { answer, text, stopped, rounds, usage } = thought;
  const stored = await store.add(sessionId, {
    ...(thoughtId !== undefined && { id: thoughtId }),
    question,
    answer,
    text,
    strategy: strategy.name,
    model: model.id,
    stopped,
    rounds,
    usage,
    events,
  });
  return { thought, stored };
}

async function conversationOf(store: ThinkingSessions, sessionId: string): Promise<readonly Message[]> {
  if (!(await store.session(sessionId))) throw sessionNotFound(sessionId);
  const messages: Message[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.thoughts(sessionId, cursor === undefined ? {} : { cursor });
    for (const { question, text } of page.items) {
      messages.push({ role: 'user', content: question }, { role: 'assistant', content: text });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return messages;
}
