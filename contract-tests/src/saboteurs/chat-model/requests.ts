import type { ChatRequest, Message } from '@aiwork/core';
import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { asks, broken } from './broken.ts';

/** Changes each message, or leaves it out. */
const messagesAs = (
  change: (message: Message, place: number, all: readonly Message[]) => readonly Message[],
) => asks((request) => ({ ...request, messages: request.messages.flatMap(change) }));

function without(request: ChatRequest, field: keyof ChatRequest): ChatRequest {
  const { [field]: _, ...rest } = request;
  return { messages: request.messages, ...rest };
}

export const requestSaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  {
    id: 'knows-one-system-message',
    breaks: 'Sends the last system message alone',
    caughtBy: [
      { check: 'chat-model.requests.messages', message: 'the system messages that the provider was told' },
    ],
    sabotage: messagesAs((message, place, all) =>
      message.role === 'system' && all[place + 1]?.role === 'system' ? [] : [message],
    ),
  },
  {
    id: 'instructs-as-the-user',
    breaks: 'Sends system messages as words of the user',
    caughtBy: [
      { check: 'chat-model.requests.messages', message: 'the system messages that the provider was told' },
    ],
    sabotage: messagesAs((message) =>
      message.role === 'system' ? [{ role: 'user', content: message.content }] : [message],
    ),
  },
  {
    id: 'trims-messages',
    breaks: 'Takes white space off the ends of messages',
    caughtBy: [{ check: 'chat-model.requests.messages', message: 'the provider was told' }],
    sabotage: messagesAs((message) => [{ ...message, content: message.content.trim() }]),
  },
  {
    id: 'takes-zero-for-nothing',
    breaks: 'Does not send a temperature of 0',
    caughtBy: [
      {
        check: 'chat-model.requests.settings',
        message: 'the temperature that the provider was told to be 0',
      },
    ],
    sabotage: asks((request) => (request.temperature ? request : without(request, 'temperature'))),
  },
  {
    id: 'limits-nothing',
    breaks: 'Does not send the limit of tokens',
    caughtBy: [
      { check: 'chat-model.requests.settings', message: 'the limit of tokens that the provider was told' },
    ],
    sabotage: asks((request) => without(request, 'maxTokens')),
  },
  {
    id: 'describes-no-inputs',
    breaks: 'Sends tools without their schemas',
    caughtBy: [{ check: 'chat-model.requests.settings', message: 'the tools that the provider was told' }],
    sabotage: asks((request) => ({
      ...request,
      tools: (request.tools ?? []).map((tool) => ({ ...tool, inputSchema: { type: 'object' } })),
    })),
  },
  {
    id: 'asks-for-no-schema',
    breaks: 'Does not send the schema of the answer',
    caughtBy: [{ check: 'chat-model.requests.schema', message: 'the schema that the provider was told' }],
    sabotage: asks((request) => without(request, 'schema')),
  },
  {
    id: 'shows-one-image',
    breaks: 'Sends the first image alone',
    caughtBy: [{ check: 'chat-model.requests.images', message: 'what the provider was shown' }],
    sabotage: messagesAs((message) =>
      message.role === 'user' && message.images
        ? [{ ...message, images: message.images.slice(0, 1) }]
        : [message],
    ),
  },
  {
    id: 'sends-at-once',
    breaks: 'Sends the request before anybody reads',
    caughtBy: [{ check: 'chat-model.requests.once', message: 'the number of requests' }],
    sabotage: broken((model) => ({
      stream(request, options) {
        const chunks = model.stream(request, options)[Symbol.asyncIterator]();
        const first = chunks.next();
        first.catch(() => {});
        return (async function* () {
          for (let part = await first; !part.done; part = await chunks.next()) yield part.value;
        })();
      },
    })),
  },
  {
    id: 'keeps-its-notes-in-the-request',
    breaks: 'Changes the request that it was given',
    caughtBy: [{ check: 'chat-model.requests.once', message: 'the request after the call to be' }],
    sabotage: asks((request) => Object.assign(request, { maxTokens: 4096 })),
  },
];
