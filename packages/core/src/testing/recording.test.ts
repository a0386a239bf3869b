import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatChunk, ChatRequest } from '../adapters/chat-model.ts';
import { generate } from '../agent/generate.ts';
import { recordingChatModel } from './recording-chat-model.ts';
import { replayChatModel } from './replay-chat-model.ts';
import { scriptedChatModel } from './scripted-chat-model.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-replay-'));
  file = join(folder, 'deep', 'replies.json');
});
afterEach(() => rm(folder, { recursive: true }));

const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content },
  ],
  ...more,
});

describe('a recorded chat model', () => {
  it('is replayed chunk by chunk, without the model', async () => {
    const script = [{ text: 'abc', toolCalls: [{ name: 'add', input: { a: 1 } }] }];
    const model = recordingChatModel(scriptedChatModel(script, { id: 'big', chunkLength: 1 }), file);
    const recorded: ChatChunk[] = [];
    await generate(model, ask('Hi'), { onChunk: (chunk) => void recorded.push(chunk) });
    const replayed: ChatChunk[] = [];
    const replay = replayChatModel(file);
    await generate(replay, ask('Hi'), { onChunk: (chunk) => void replayed.push(chunk) });
    expect(replayed).toEqual(recorded);
    expect(replay.id).toBe('big');
  });

  it('tells the price that it had', () => {
    const price = { inputToken: 1e-6, outputToken: 4e-6 };
    expect(recordingChatModel({ ...scriptedChatModel([]), price }, file).price).toEqual(price);
  });

  it('is found by what is asked, not by the order of keys', async () => {
    await generate(
      recordingChatModel(scriptedChatModel(['a']), file),
      ask('Hi', { temperature: 0, maxTokens: 5 }),
    );
    const { messages } = ask('Hi');
    expect((await generate(replayChatModel(file), { maxTokens: 5, temperature: 0, messages })).text).toBe(
      'a',
    );
  });

  it('gives several replies to one question in turn, and then the last one', async () => {
    const model = recordingChatModel(scriptedChatModel(['a', 'b']), file);
    await generate(model, ask('Hi'));
    await generate(model, ask('Hi'));
    const replay = replayChatModel(file);
    const texts = [];
    for (let i = 0; i < 3; i += 1) texts.push((await generate(replay, ask('Hi'))).text);
    expect(texts).toEqual(['a', 'b', 'b']);
  });

  it('is whole on the disk when a reply has ended, also of many at once', async () => {
    const model = recordingChatModel(
      scriptedChatModel(Array.from({ length: 20 }, (_, i) => `reply ${i}`)),
      file,
    );
    await Promise.all(Array.from({ length: 20 }, (_, i) => generate(model, ask(`question ${i}`))));
    expect(JSON.parse(await readFile(file, 'utf8')).entries).toHaveLength(20);
    expect(await readdir(join(folder, 'deep'))).toEqual(['replies.json']);
  });

  it('keeps no reply that failed', async () => {
    const model = recordingChatModel(
      scriptedChatModel([{ text: 'half', error: new Error('gone') }, 'whole']),
      file,
    );
    await expect(generate(model, ask('Hi'))).rejects.toThrow('gone');
    await generate(model, ask('Hi'));
    expect((await generate(replayChatModel(file), ask('Hi'))).text).toBe('whole');
  });

  it('tells of a file it cannot write', async () => {
    await writeFile(join(folder, 'deep'), 'a file in the way');
    const model = recordingChatModel(scriptedChatModel(['a']), file);
    await expect(generate(model, ask('Hi'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it('fails loudly on a question that was not recorded, and shows what differs from the nearest', async () => {
    const model = recordingChatModel(scriptedChatModel(['a', 'b']), file);
    await generate(
      model,
      ask('Summarise the quarterly report of the northern branch in two sentences, please.'),
    );
    await generate(model, { messages: [], temperature: 1 });
    const asked = ask('Summarise the quarterly report of the northern branch in ten sentences, please.', {
      maxTokens: 9,
    });
    await expect(generate(replayChatModel(file), asked)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_REPLAY_MISS',
      message: expect.stringMatching(
        /nearest of 2.*\n {2}messages\[1\]\.content: recorded "?….*two sent.*, asked "?….*ten sent.*\n {2}maxTokens: not recorded, asked 9\n/s,
      ),
    });
  });

  it('keeps the message short when much differs', async () => {
    await generate(recordingChatModel(scriptedChatModel(['a']), file), ask('Hi'));
    const messages = Array.from({ length: 40 }, (_, i) => ({ role: 'user', content: `${i}` }) as const);
    const error = await generate(replayChatModel(file), { messages }).catch((error: Error) => error.message);
    expect(error).toMatch(/and \d+ more/);
    expect(`${error}`.length).toBeLessThan(1000);
  });

  it('says what was recorded and is not asked', async () => {
    await generate(recordingChatModel(scriptedChatModel(['a']), file), ask('Hi', { maxTokens: 9 }));
    await expect(generate(replayChatModel(file), ask('Hi'))).rejects.toThrow(
      'maxTokens: recorded 9, not asked',
    );
  });

  it('misses clearly in a recording that holds nothing', async () => {
    const empty = join(folder, 'empty.json');
    await writeFile(empty, '{"format":1,"model":"m","entries":[]}');
    await expect(generate(replayChatModel(empty), ask('Hi'))).rejects.toThrow('it holds none');
  });

  it.each(['{', '{}', '[]', 'null', '{"format":2,"model":"m","entries":[]}'])(
    'refuses %s as a recording',
    async (content) => {
      const broken = join(folder, 'broken.json');
      await writeFile(broken, content);
      expect(() => replayChatModel(broken)).toThrow(expect.objectContaining({ code: 'AIWORK_CORRUPT_DATA' }));
    },
  );

  it('stops with its signal', async () => {
    await generate(recordingChatModel(scriptedChatModel(['abc'], { chunkLength: 1 }), file), ask('Hi'));
    const controller = new AbortController();
    const onChunk = () => controller.abort(new Error('enough'));
    await expect(
      generate(replayChatModel(file), ask('Hi'), { onChunk, signal: controller.signal }),
    ).rejects.toThrow('enough');
  });
});
