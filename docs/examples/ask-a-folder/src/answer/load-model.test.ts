import { join } from 'node:path';
import { generate } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../testing/folder.fixture.ts';
import { loadModel } from './load-model.ts';

const model = `{ id: 'parrot', async *stream({ messages }) {
  yield { type: 'text', text: messages.at(-1).content };
  yield { type: 'done', reason: 'stop' };
} }`;

describe('loadModel', () => {
  it.each([
    ['its default export', `export default ${model};`],
    ['an export called model', `export const model = ${model};`],
    ['what a function makes', `export default async () => (${model});`],
  ])('takes %s', async (_, source) => {
    const folder = await testFolder({ 'model.mjs': source });
    const loaded = await loadModel(join(folder, 'model.mjs'));
    expect((await generate(loaded, { messages: [{ role: 'user', content: 'hello' }] })).text).toBe('hello');
  });

  it.each([
    ['no.mjs', undefined, 'there is no file'],
    ['broken.mjs', 'export default {', 'could not be loaded'],
    ['mute.mjs', "export default { id: 'mute' };", 'exports no chat model'],
    ['other.mjs', 'export default 42;', 'exports no chat model'],
  ])('says what is wrong with %s', async (name, source, problem) => {
    const folder = await testFolder(source === undefined ? {} : { [name]: source });
    await expect(loadModel(join(folder, name))).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining(problem),
    });
  });
});
