import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemory, loadMemory } from '../local-memory.ts';

const warnings: Error[] = [];
const warn = (warning: Error) => warnings.push(warning);
beforeAll(() => void process.on('warning', warn));
afterAll(() => void process.off('warning', warn));

it('grows what was loaded without a warning of Node', async () => {
  await using memory = createMemory();
  await memory.upsert([{ id: 'a', text: 'green tea' }]);
  await using loaded = await loadMemory(await memory.toSnapshot());
  await loaded.upsert([{ id: 'b', text: 'black tea' }]);
  expect((await loaded.search({ text: 'tea', topK: 2 })).length).toBe(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
