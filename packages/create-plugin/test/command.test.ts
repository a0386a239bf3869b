import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

vi.setConfig({ testTimeout: 30_000 });

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const node = [process.execPath, '--conditions=@aiwork/source', main];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-create-plugin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the command to its end; `answers` are typed, one after another, when the text before them is shown. */
async function run(
  cwd: string,
  args: readonly string[],
  {
    terminal = false,
    answers = [],
  }: { terminal?: boolean; answers?: readonly (readonly [string, string])[] } = {},
) {
  const words = [...node, ...args];
  // `script`, of util-linux, runs a command in a terminal of its own, which has no size yet.
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const [file = '', ...rest] = terminal
    ? ['script', '-qec', `stty cols 100 rows 30; exec ${quoted}`, '/dev/null']
    : words;
  const { npm_config_user_agent: _, ...env } = process.env;
  const child = spawn(file, rest, { cwd, env, timeout: 25_000 });
  if (!terminal) child.stdin.end();
  let shown = '';
  const left = [...answers];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      const [next] = left;
      if (next === undefined || !shown.includes(next[0])) return;
      left.shift();
      child.stdin.write(next[1]);
    });
  }
  const [code] = await once(child, 'close');
  return { code, shown };
}

describe('create-plugin', () => {
  it('makes a plugin and says what is next', async () => {
    const cwd = await newFolder();
    const { code, shown } = await run(cwd, ['@acme/aiwork-new', '--contract', 'state-store']);
    expect(shown).toBe(`Made @acme/aiwork-new in ${join(cwd, 'aiwork-new')}

Next:
  cd aiwork-new
  npm install
  npm run contract   # fails, and says what is to be done

Then implement src/state-store.ts until it passes. README.md has the steps.
`);
    expect(code).toBe(0);
    expect(await readdir(cwd)).toEqual(['aiwork-new']);
  });

  it.each([
    [
      'no terminal to ask on',
      [],
      'give a name and --contract state-store|run-store|task-queue|cache|memory|guardrail|embedder|chat-model|flow-exporter',
    ],
    ['a bad name', ['Upper', '--contract', 'cache'], 'no longer contain capital letters'],
    [
      'an unknown contract',
      ['new', '--contract', 'queue'],
      'there is no contract "queue": give one of state-store,',
    ],
    ['two names', ['new', 'other', '--contract', 'cache'], 'give one name, not new and other'],
    ['an unknown option', ['new', '--contracts', 'cache'], "Unknown option '--contracts'"],
    ['a folder that is a file', ['new', '--contract', 'cache', '--folder', main], 'main.ts is a file'],
  ])('exits with 2, having written nothing, for %s', async (_name, args, message) => {
    const cwd = await newFolder();
    const { code, shown } = await run(cwd, args);
    expect(shown).toContain(`create-plugin: `);
    expect(shown).toContain(message);
    expect(code).toBe(2);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('explains itself', async () => {
    const cwd = await newFolder();
    expect((await run(cwd, ['--help'])).shown).toContain('state-store  versioned key-value state');
    expect((await run(cwd, ['--version'])).shown).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('asks on a terminal for what was not given', async () => {
    const cwd = await newFolder();
    const { code, shown } = await run(cwd, [], {
      terminal: true,
      answers: [
        ['Name of the package', '@acme/asked\r'],
        ['What its adapter implements', '\u001b[B\u001b[B\u001b[B\r'],
      ],
    });
    expect(shown).toContain('Made @acme/asked');
    expect(code).toBe(0);
    expect(await readFile(join(cwd, 'asked/contract.ts'), 'utf8')).toContain('contract: cacheContract');
  });

  it('writes nothing when a question is not answered', async () => {
    const cwd = await newFolder();
    const { code, shown } = await run(cwd, ['new'], {
      terminal: true,
      answers: [['What its adapter implements', '\u0003']],
    });
    expect(shown).toContain('Nothing was written.');
    expect(code).toBe(130);
    expect(await readdir(cwd)).toEqual([]);
  });
});
