import { type CallOptions, UnsupportedCapabilityError } from '@aiwork/core';
import { checkKey } from '@aiwork/core/adapter-kit';
import { type Conversation, openConversation } from './conversation.ts';
import { type ConversationsOptions, conversationSettings } from './conversation-options.ts';
import { checkForgetting, type Forgetting, type Forgotten, sumOf } from './forgetting.ts';

/** Conversations that are kept in one store. @since 0.1.0 */
export interface Conversations {
  /** The conversation of this id, which begins with its first turn. */
  open(id: string): Conversation;
  /** Ids of the conversations there are. */
  list(options?: CallOptions): AsyncIterable<string>;
  /**
   * Erases turns of all conversations, and summaries that may tell of them. Goes through every conversation there is.
   *
   * @throws `AIWORK_UNSUPPORTED_CAPABILITY` when the store cannot `list`.
   */
  forget(what: Forgetting, options?: CallOptions): Promise<Forgotten>;
  /** Erases a whole conversation. Whether there was one. */
  delete(id: string, options?: CallOptions): Promise<boolean>;
}

/**
 * Conversations for agents: each is kept in a state store, and tells a model as much as fits. Whoever asks gets a context,
 * and adds a turn when there is an answer.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used; `AIWORK_UNSUPPORTED_CAPABILITY` when the store has no
 * `compareAndSet`.
 * @example
 * ```ts
 * import { createMemoryStateStore, createOrchestrator, defineAgent } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { createConversations } from '@aiwork/memory';
 *
 * const conversations = createConversations({ store: createMemoryStateStore() });
 * const guide = defineAgent({
 *   id: 'guide',
 *   instructions: 'Be brief.',
 *   model: scriptedChatModel(['Hello, Ada!', ({ messages }) => `I was told ${messages.length - 1} messages.`]),
 * });
 * await using ai = createOrchestrator();
 *
 * async function ask(question: string): Promise<string> {
 *   const chat = conversations.open('ada-1');
 *   const { messages } = await chat.context(question);
 *   const run = await ai.start(guide, messages);
 *   const answer = await run.result();
 *   await chat.add(
 *     [{ role: 'user', content: question }, { role: 'assistant', content: answer }],
 *     { id: run.id, about: ['ada'] },
 *   );
 *   return answer;
 * }
 * console.log(await ask('I am Ada.')); // Hello, Ada!
 * console.log(await ask('What were you told?')); // I was told 3 messages.
 * console.log(await conversations.forget({ about: 'ada' })); // { turns: 2, summaries: 0, conversations: 1 }
 * ```
 * @since 0.1.0
 */
export function createConversations(options: ConversationsOptions): Conversations {
  const settings = conversationSettings(options);
  const { store, prefix } = settings;

  function keyOf(id: string): string {
    const key = prefix + id;
    checkKey(key, store.capabilities.maxKeyBytes);
    return key;
  }

  async function* list(callOptions: CallOptions = {}): AsyncIterable<string> {
    if (!store.capabilities.list)
      throw new UnsupportedCapabilityError(
        'this state store lists no keys, so nobody knows which conversations there are: open those whose ids you know',
      );
    for await (const key of store.keys(prefix, callOptions)) yield key.slice(prefix.length);
  }

  function open(id: string): Conversation {
    keyOf(id);
    return openConversation(id, settings);
  }

  return Object.freeze<Conversations>({
    open,
    list,
    async forget(what, callOptions = {}) {
      checkForgetting(what);
      const all: Forgotten[] = [];
      for await (const id of list(callOptions)) all.push(await open(id).forget(what, callOptions));
      return sumOf(all);
    },
    delete: async (id, callOptions = {}) => store.delete(keyOf(id), callOptions),
  });
}
