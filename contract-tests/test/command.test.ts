import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command } from '../src/command/command.ts';
import {
  cacheContract,
  checksOf,
  guardrailContract,
  memoryContract,
  runStoreContract,
  stateStoreContract,
} from '../src/index.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./${name}.fixture.ts`, import.meta.url));

async function run(...args: string[]) {
  const lines: string[] = [];
  const code = await command(args, (text) => lines.push(text));
  return { code, text: lines.join('\n') };
}

describe('aiwork-contract', () => {
  it('checks the subject of a file, writes a report and exits with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aiwork-contract-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'report.json');
    const { code, text } = await run('check', fixture('memory-subject'), '--seed', '42', '--report', file);
    expect(text).toMatch(
      /state-store 1\.0 on memory: conformant\n\d+ passed, 0 failed, \d+ skipped, 0 blocked, seed 42/,
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ verdict: 'conformant', seed: 42 });
  });

  it('exits with 1 and says how to see a failure again', async () => {
    const id = 'state-store.values.replaced';
    const { code, text } = await run('check', fixture('broken-subject'), '--check', id, '--seed', '7');
    expect(text).toContain(`replay    aiwork-contract check FILE --check ${id} --seed 7`);
    expect(text).toContain('0 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('exits with 2 when nothing was executed', async () => {
    const { code } = await run(
      'check',
      fixture('memory-subject'),
      '--check',
      'state-store.clients.close-alone',
    );
    expect(code).toBe(2);
  });

  it.each([
    [
      'a file without a subject',
      ['check', fixture('node-subject-that-is-not-there')],
      'node-subject-that-is-not-there',
    ],
    ['an unknown check', ['check', fixture('memory-subject'), '--check', 'no'], 'has no check "no"'],
    ['a seed that is no number', ['check', fixture('memory-subject'), '--seed', 'x'], '--seed is x'],
    ['an unknown option', ['list', '--no-such'], '--no-such'],
    ['no command', [], 'aiwork-contract check FILE'],
  ])('exits with 3 for %s', async (_name, args, message) => {
    const { code, text } = await run(...args);
    expect(text).toContain(message);
    expect(code).toBe(3);
  });

  it('lists every check and explains each', async () => {
    const { text } = await run('list');
    const ids = [stateStoreContract, runStoreContract, cacheContract, memoryContract, guardrailContract]
      .flatMap((contract) => checksOf<never>(contract))
      .map(({ id }) => id);
    expect(text.split('\n').map((line) => line.split(' ')[0])).toEqual(ids);
    const explained = await run('explain', 'run-store.leases.one-owner');
    expect(explained.text).toContain('kills  lease-for-everybody: Gives the lease to whoever asks');
    expect((await run('explain', 'nothing')).code).toBe(3);
  });
});
