import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const policy = (words: number, more = '') => `version: 1
guardrails:
  - { kind: personal-data, name: people, on: [input, output, tool-result] }
  - { kind: length, name: brief, unit: words, max: ${words}, onFail: retry }
${more}`;

let folder: string;
let state: string;

beforeAll(async () => {
  folder = await newFolder();
  state = join(folder, 'runs.db');
  const { code, stderr } = await aiwork([
    'run',
    flowFile('guarded.ts'),
    ...['--input', '"I am bob@example.org."', '--state', state, '--run-id', 'r1'],
  ]);
  expect(code, stderr).toBe(0);
  await aiwork(['run', flowFile('greet.ts'), '--state', state, '--run-id', 'bare']);
});

async function replay(name: string, text: string, ...args: readonly string[]) {
  const file = join(folder, name);
  await writeFile(file, text);
  return aiwork(['guardrails', 'replay', file, '--state', state, ...args], { env: { FORCE_COLOR: '0' } });
}

describe('aiwork guardrails replay', () => {
  it('says that the same policy decides the same', async () => {
    const { code, stdout } = await replay('same.yaml', policy(6), '--run', 'r1');
    expect(stdout.split('\n')).toEqual([
      'r1: 4 texts, 5 decisions, 0 not the same',
      '= clerk, input, message 0: people redact',
      '    why: replaced 1 of kind "email address"',
      '= clerk, turn 1, tool-result 1 (lookUp): people redact',
      '    why: replaced 1 of kind "email address"',
      '= clerk, turn 2, output: people redact',
      '    why: replaced 1 of kind "email address"',
      '= clerk, turn 2, output: brief retry',
      '    why: the text has 9 words: give at most 6',
      '= clerk, turn 3, output: people redact',
      '    why: replaced 1 of kind "email address"',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('shows where a changed one decides otherwise, and on what, and fails', async () => {
    const stricter = '  - { kind: words, name: words, words: [whenever], onFail: block }';
    const { code, stdout } = await replay('changed.yaml', policy(20, stricter), '--run', 'r1', '--texts');
    expect(stdout).toMatch(/^r1: 4 texts, 6 decisions, 2 not the same\n/);
    expect(stdout).toContain(
      '≠ clerk, turn 2, output: brief retry → pass\n    was: the text has 9 words: give at most 6\n    text: You can write to [email address] whenever you like.\n',
    );
    expect(stdout).toMatch(/^≠ clerk, turn 2, output: words pass → block \(after\)\n {4}now: .+$/m);
    expect(code).toBe(1);
  });

  it('gives all of it as lines of JSON, of several runs and of some agents', async () => {
    const json = await replay('json.yaml', policy(20), '--run', 'r1', '--run', 'bare', '--json');
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, runId }) => `${type} ${runId}`)).toEqual([
      ...Array.from({ length: 5 }, () => 'decision r1'),
      'result r1',
      'result bare',
    ]);
    expect(lines.at(-2)).toEqual({ type: 'result', runId: 'r1', texts: 4, decisions: 5, differ: 1 });
    expect(json.stderr).toContain('Run bare has no text that one of these guardrails looks at');
    const other = await replay('agent.yaml', policy(20), '--run', 'r1', '--agent', 'other');
    expect(other.stdout).toBe('r1: 0 texts, 0 decisions, 0 not the same\n');
    expect(other.code).toBe(0);
  });

  it('takes guardrails from a module', async () => {
    const code = `export const guardrails = [
      { name: 'brief', on: ['output'], check: () => ({ action: 'block', reason: 'never' }) },
    ];`;
    const { stdout } = await replay('guardrails.mjs', code, '--run', 'r1');
    expect(stdout).toContain('≠ clerk, turn 2, output: brief retry → block');
    const none = await replay('none.mjs', 'export const guardrails = [1];', '--run', 'r1');
    expect(none.stderr).toContain('is no list of guardrails');
    expect(none.code).toBe(2);
  });

  it('says what is wrong with a policy or a run, and where', async () => {
    const misspelt = await replay('bad.yaml', policy(6).replace('max:', 'most:'), '--run', 'r1');
    const unknown = await replay('run.yaml', policy(6), '--run', 'r2');
    const missing = await aiwork([
      'guardrails',
      'replay',
      join(folder, 'no.yaml'),
      '--run',
      'r1',
      '--state',
      state,
    ]);
    expect(misspelt.stderr).toMatch(/bad\.yaml:4:47: "most" is no option of kind "length"/);
    expect(unknown.stderr).toContain('there is no run "r2". Did you mean "r1"?');
    expect(missing.stderr).toContain('cannot read the policy');
    expect([misspelt.code, unknown.code, missing.code]).toEqual([2, 2, 2]);
  });
});
