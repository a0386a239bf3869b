import { describe, expect, it } from 'vitest';
import { type ChatCompletionPart, readChatCompletion } from './read-chat-completion.ts';

async function* ending(finish_reason: string): AsyncGenerator<ChatCompletionPart> {
  yield { choices: [{ delta: { content: 'Once upon' } }] };
  yield { choices: [{ delta: {}, finish_reason }] };
}

const read = (finish: string) => Array.fromAsync(readChatCompletion(ending(finish), 'tiny'));

describe('the end of a streamed chat completion', () => {
  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['max_tokens', 'length'],
    ['content_filter', 'content-filter'],
  ])('%s is %s', async (finish, reason) => {
    expect((await read(finish)).at(-1)).toEqual({ type: 'done', reason });
  });

  it.each(['abort', 'cancelled', 'insufficient_system_resource'])(
    '%s is no reply, and may be one when it is asked for again',
    async (finish) => {
      await expect(read(finish)).rejects.toMatchObject({
        code: 'AIWORK_MODEL_INVALID_REPLY',
        message: expect.stringContaining(finish),
        retryable: true,
      });
    },
  );

  it('is not there where a server only leaves room for it', async () => {
    async function* cut(): AsyncGenerator<ChatCompletionPart> {
      yield { choices: [{ delta: { content: 'Do not ' }, finish_reason: '' }] };
    }
    await expect(Array.fromAsync(readChatCompletion(cut(), 'tiny'))).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INVALID_REPLY',
      message: expect.stringContaining('before it was whole'),
    });
  });
});
