import { type ChatChunk, generate } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { type ProviderChatModel, providerChatModel } from './provider-chat-model.ts';

interface Part {
  readonly text: string;
}

const question = { messages: [{ role: 'user', content: 'Hi' }] } as const;

const provider = (changes: Partial<ProviderChatModel<Part>> = {}): ProviderChatModel<Part> => ({
  id: 'm',
  secrets: () => [],
  async ask() {
    return { parts: parts() };
  },
  async *read(read): AsyncGenerator<ChatChunk> {
    for await (const { text } of read) yield { type: 'text', text };
    yield { type: 'usage', inputTokens: 1, outputTokens: 1 };
    yield { type: 'done', reason: 'stop' };
  },
  ...changes,
});

async function* parts() {
  yield { text: 'Hi' };
}

describe('providerChatModel', () => {
  it.each([0, -1, Number.NaN, 2 ** 31])('refuses a timeoutMs of %d', (timeoutMs) => {
    expect(() => providerChatModel(provider({ timeoutMs }))).toThrow(/timeoutMs of chat model "m"/);
  });

  it('refuses a model without a name', () => {
    expect(() => providerChatModel(provider({ id: '' }))).toThrow(/has no name/);
  });

  it('lets a price that fails fail the call with its own error', async () => {
    const price = () => {
      throw new RangeError('no such price');
    };
    await expect(generate(providerChatModel(provider({ price })), question)).rejects.toThrow('no such price');
  });

  it('says that the provider sent what cannot be read', async () => {
    const broken = provider({
      async *read() {
        const { nothing } = {} as { readonly nothing?: readonly ChatChunk[] };
        yield* nothing as readonly ChatChunk[];
      },
    });
    await expect(generate(providerChatModel(broken), question)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INVALID_REPLY',
      retryable: true,
    });
  });

  it('aborts what it asked with once the reply is over', async () => {
    let asked: AbortSignal | undefined;
    const model = providerChatModel(
      provider({
        async ask(_, signal) {
          asked = signal;
          return { parts: parts() };
        },
      }),
    );
    await generate(model, question);
    expect(asked?.aborted).toBe(true);
  });
});
