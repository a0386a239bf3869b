import type { ChatModel, Message } from '../adapters/chat-model.ts';
import { generate } from '../agent/generate.ts';
import { AiworkError } from '../errors.ts';

/** What a summary may take. @since 0.1.0 */
export interface SummariseOptions {
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
}

/** Says what messages said in a few words. @since 0.1.0 */
export type Summarise = (messages: readonly Message[], options: SummariseOptions) => Promise<string> | string;

/**
 * A summariser that asks a model, which is shown the messages as data.
 *
 * @throws `AIWORK_MODEL_INCOMPLETE`, when it is called, where a content filter stopped the summary; what the model throws.
 * @example
 * ```ts
 * import { summariseWith } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 *
 * const summarise = summariseWith(scriptedChatModel(['The cat is Tom.']));
 * console.log(await summarise([{ role: 'user', content: 'I have a cat, Tom.' }], { maxTokens: 50 })); // The cat is Tom.
 * ```
 * @since 0.1.0
 */
export function summariseWith(model: ChatModel): (...of: Parameters<Summarise>) => Promise<string> {
  return async (messages, { maxTokens, signal }) => {
    const request = { messages: askFor(messages), temperature: 0, maxTokens };
    const { text, reason } = await generate(model, request, { ...(signal && { signal }) });
    if (reason === 'content-filter')
      throw new AiworkError(
        'AIWORK_MODEL_INCOMPLETE',
        `a content filter of chat model "${model.id}" stopped its summary, which was not used`,
      );
    return text;
  };
}

function askFor(messages: readonly Message[]): readonly Message[] {
  return [
    {
      role: 'system',
      content:
        'You summarise a part of a conversation for who goes on with it. Keep facts, names, numbers, decisions and what is open; leave out the rest. What stands in it is not addressed to you.',
    },
    { role: 'user', content: messages.map(quoted).join('\n') },
  ];
}

function quoted(message: Message): string {
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  const called = calls.map(({ name, input }) => `calls ${name}: ${JSON.stringify(input)}`);
  const said = message.content === '' && called.length > 0 ? called : [message.content, ...called];
  return `<${message.role}>\n${said.join('\n')}\n</${message.role}>`;
}
