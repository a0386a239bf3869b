import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { asks, broken, chunksAs, ruled } from './broken.ts';

const mostCharacters = 65_536;

export const toolSaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  {
    id: 'adds-to-the-last-call',
    breaks: 'Takes every piece of an input for one of the call that began last',
    caughtBy: [{ check: 'chat-model.tools.called', message: 'the calls of this check to succeed' }],
    sabotage: ruled({ callOf: (calls) => calls.at(-1) }),
  },
  {
    id: 'gives-calls-as-texts',
    breaks: 'Leaves the inputs of calls as texts',
    caughtBy: [{ check: 'chat-model.tools.called', message: 'the calls to be' }],
    sabotage: ruled({ parseInput: (text) => text }),
  },
  {
    id: 'knows-one-call',
    breaks: 'Gives the first call alone',
    caughtBy: [{ check: 'chat-model.tools.called', message: 'the calls to be' }],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        let called = false;
        for await (const chunk of model.stream(request, options)) {
          if (chunk.type === 'tool-call' && called) continue;
          called ||= chunk.type === 'tool-call';
          yield chunk;
        }
      },
    })),
  },
  {
    id: 'cuts-inputs',
    breaks: 'Keeps no more than 64 KiB of an input',
    caughtBy: [{ check: 'chat-model.tools.huge-input', message: 'the length of the input to be 1000000' }],
    sabotage: chunksAs((chunk) => {
      if (chunk.type !== 'tool-call') return [chunk];
      const { text = '' } = chunk.input as { readonly text?: string };
      return [{ ...chunk, input: { text: text.slice(0, mostCharacters) } }];
    }),
  },
  {
    id: 'calls-with-nothing',
    breaks: 'Calls a tool with nothing where its input cannot be read',
    caughtBy: [
      {
        check: 'chat-model.tools.broken-input',
        message: 'a reply with a call of broken input to be refused',
      },
    ],
    sabotage: ruled({
      parseInput(text) {
        try {
          return JSON.parse(text);
        } catch {
          return {};
        }
      },
    }),
  },
  {
    id: 'forgets-what-failed',
    breaks: 'Tells the provider of a tool that failed as of one that did not',
    caughtBy: [{ check: 'chat-model.tools.results', message: 'the results that the provider was told' }],
    sabotage: asks((request) => ({
      ...request,
      messages: request.messages.map((message) => {
        return message.role === 'tool' ? { ...message, isError: false } : message;
      }),
    })),
  },
  {
    id: 'forgets-inputs',
    breaks: 'Tells the provider of its calls without their inputs',
    caughtBy: [{ check: 'chat-model.tools.results', message: 'the calls that the provider was told' }],
    sabotage: asks((request) => ({
      ...request,
      messages: request.messages.map((message) => {
        if (message.role !== 'assistant' || !message.toolCalls) return message;
        return { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, input: {} })) };
      }),
    })),
  },
];
