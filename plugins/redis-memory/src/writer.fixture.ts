import { writeSync } from 'node:fs';
import { createRedisMemory } from './index.ts';

// Another process for the tests: `writer.fixture.ts URL NAMESPACE`. It writes the same documents anew until it is killed, and
// says the number of each batch once it is acknowledged.
const [url = '', namespace = ''] = process.argv.slice(2);
const memory = await createRedisMemory({ url, namespace, commandTimeoutMs: 20_000 });
for (let batch = 1; ; batch += 1) {
  const docs = Array.from({ length: 300 }, (_, n) => ({
    id: `${n}`,
    text: `needle ${batch}`,
    metadata: { batch },
  }));
  await memory.upsert(docs);
  writeSync(1, `${batch}\n`);
}
