import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { aiwork, flowFile } from './aiwork.fixture.ts';
import { serving } from './serving.fixture.ts';

vi.setConfig({ testTimeout: 300_000 });

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'made', 'thinking.db');
}

const model = ['--models', flowFile('model.ts')];
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

it('asks in sessions, and shows what was thought in them', async () => {
  const env = { AIWORK_SESSIONS: await newFile() };
  expect(await aiwork(['think', '1 + 1?', '--continue', ...model], { env })).toMatchObject({ code: 2 });
  const first = await aiwork(['think', '2 + 2?', '--session', 'sums', ...model], { env });
  expect(first).toMatchObject({ code: 0, stdout: '4\n' });
  const second = await aiwork(['think', 'And twice that?', '--continue', ...model], { env });
  expect(second).toMatchObject({ code: 0, stdout: '4\n' });
  expect(second.stderr).toContain('Goes on with session sums: 2 + 2?');

  const shown = await aiwork(['sessions', 'show', 'sums', '--json'], { env });
  expect(lines(shown.stdout).map(({ question, answer }) => [question, answer])).toEqual([
    ['2 + 2?', '4'],
    ['And twice that?', '4'],
  ]);
  expect((await aiwork(['sessions', 'show', 'sums'], { env })).stdout).toMatch(
    /Z 2 \+ 2\?\n {2}4\n {2}judged-vote with parrot · converged · 5 calls · \d+ tokens\n/,
  );
  expect((await aiwork(['sessions', 'list'], { env })).stdout).toMatch(
    /^SESSION +LAST +TITLE\nsums {5}\S+Z {2}2 \+ 2\?\n$/,
  );
  expect(await aiwork(['sessions', 'delete', 'sums'], { env })).toMatchObject({ code: 0 });
  const none = await aiwork(['sessions', 'show', 'sums'], { env });
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr).toContain('there is no session "sums"');
});

it('makes no file where there are no sessions to look at', async () => {
  const file = await newFile();
  const { code, stderr } = await aiwork(['sessions', 'list', '--sessions', file]);
  expect([code, existsSync(file)]).toEqual([2, false]);
  expect(stderr).toContain(`there is no file ${file}`);
});

it('asks in the sessions that a file of the user or a server keeps', async () => {
  const env = { SESSIONS: join(await newFile(), '..', '..', 'kept.db') };
  const file = flowFile('think-sessions.ts');
  const { url } = await serving([file, '--think'], { env });
  const asked = await aiwork(['think', '2 + 2?', '--session', 'sums', '--server', url]);
  expect(asked).toMatchObject({ code: 0, stdout: '4\n' });
  const listed = await aiwork(['sessions', 'list', '--server', url, '--json']);
  expect(lines(listed.stdout)).toMatchObject([{ id: 'sums', title: '2 + 2?' }]);
  const shown = await aiwork(['sessions', 'show', 'sums', '--models', file, '--json'], { env });
  expect(lines(shown.stdout)).toMatchObject([{ question: '2 + 2?', sessionId: 'sums' }]);
  expect(await aiwork(['sessions', 'delete', 'sums', '--server', url])).toMatchObject({ code: 0 });
  const gone = await aiwork(['sessions', 'delete', 'sums', '--server', url]);
  expect(gone).toMatchObject({ code: 2 });
});
