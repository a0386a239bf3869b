import { type ChatServer, openChatServer } from '../../chat-server/chat-server.ts';
import { chatCompletionsDialect } from '../../chat-server/dialects/chat-completions.ts';
import {
  type ChatModelFacts,
  type ChatModelUnderTest,
  chatModelUnderTest,
} from '../../contracts/chat-model/chat-model-under-test.ts';
import { embedded, type Subject } from '../../engine/subject.ts';
import { type ChatModelRules, chatModelRules, createReferenceChatModel } from './reference-chat-model.ts';

const key = 'sk-hunter2-of-the-reference';

const facts: ChatModelFacts = {
  images: true,
  schema: true,
  usageDetails: ['cachedInputTokens'],
  costOf: ({ inputTokens, outputTokens }) => (inputTokens + 5 * outputTokens) / 1_000_000,
};

/** A correct chat model with a provider that belongs to it: what saboteurs are made of. */
export function referenceChatModel(changes: Partial<ChatModelRules> = {}): Subject<ChatModelUnderTest> {
  const rules = { ...chatModelRules, ...changes };
  let server: Promise<ChatServer> | undefined;
  return {
    secondClient: true,
    service: embedded,
    secrets: [key],
    async open({ namespace, address }) {
      server ??= openChatServer(chatCompletionsDialect);
      const opened = await server;
      const url = opened.urlOf(namespace, address);
      const create = (timeoutMs: number) => createReferenceChatModel({ url, key, timeoutMs }, rules);
      return chatModelUnderTest(create, facts, opened.scene(namespace));
    },
    async close() {
      await (await server)?.close();
    },
  };
}
