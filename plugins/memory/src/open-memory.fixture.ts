import { writeSync } from 'node:fs';
import { openMemory } from './open-memory.ts';

// Another process for the tests: `open-memory.fixture.ts PATH`. It goes on from what is there, replaces and deletes documents
// until it is killed, and says the number of each step once it is acknowledged.
const [path = ''] = process.argv.slice(2);
/** So long that the file is written anew every few steps. */
const filling = 'word and word '.repeat(8000);
const memory = await openMemory(path);
const [last] = await memory.search({ text: 'last', topK: 1 });
for (let step = Number(last?.metadata?.['step'] ?? 0) + 1; ; step += 1) {
  if (step > 10) await memory.delete([`step ${step - 10}`]);
  await memory.upsert([
    { id: 'last', text: 'last', metadata: { step } },
    { id: `step ${step}`, text: `step${step} ${filling}`, metadata: { step } },
  ]);
  writeSync(1, `${step}\n`);
}
