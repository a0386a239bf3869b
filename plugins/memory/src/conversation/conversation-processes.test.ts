import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { createConversations } from './create-conversations.ts';

const fixture = fileURLToPath(new URL('./process.fixture.ts', import.meta.url));
const names = ['a', 'b', 'c'];
const each = 8;

async function start(path: string, name: string) {
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', fixture, path, name, String(each)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, complaints }));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return { go: () => child.stdin.end('go\n'), ended };
}

it('loses no turn of several processes at once, and keeps none that one of them forgot', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conversations-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.db');
  const storage = sqliteStorage({ path });
  onTestFinished(() => storage.close());
  const chat = createConversations({ store: storage.stateStore }).open('shared');

  const children = await Promise.all(names.map((name) => start(path, name)));
  for (const child of children) child.go();
  for (const { ended } of children) expect(await ended).toEqual({ code: 0, complaints: '' });

  const ids = (await chat.turns()).map(({ id }) => id);
  const odd = Array.from({ length: each / 2 }, (_, i) => 2 * i + 1);
  for (const name of names)
    expect(ids.filter((id) => id.startsWith(name))).toEqual(odd.map((i) => `${name}-${i}`));
  const kept = new Set(ids);
  for (const id of (await chat.summary())?.of ?? []) expect(kept).toContain(id);
});
