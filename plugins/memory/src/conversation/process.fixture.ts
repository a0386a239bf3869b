import process from 'node:process';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { createConversations } from './create-conversations.ts';
import { exchange } from './scripted.fixture.ts';

// One of several processes that add to one conversation, and forget in it.
const [path = '', name = '', count = '0'] = process.argv.slice(2);
const storage = sqliteStorage({ path });
const conversations = createConversations({
  store: storage.stateStore,
  maxTurns: 2,
  maxTokens: 400,
  summarise: (messages) => `${messages.length} messages`,
});
const chat = conversations.open('shared');
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  for (let i = 0; i < Number(count); i += 1) {
    await chat.add(exchange(`${name} ${i}`), { id: `${name}-${i}`, about: [`${name}-${i % 2}`] });
    await chat.context('?');
  }
  await chat.forget({ about: `${name}-0` });
  await storage.close();
  process.exit(0);
});
