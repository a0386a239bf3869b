import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { screen } from '../src/terminal/screen.fixture.ts';
import { aiwork, flowFile, terminalProgram } from './aiwork.fixture.ts';
import { serving } from './serving.fixture.ts';

vi.setConfig({ testTimeout: 60_000 });

function hasTerminal(): boolean {
  try {
    return execFileSync(terminalProgram, ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

const model = ['--models', flowFile('model.ts')];

describe('aiwork think', () => {
  it('tells what it thinks on stderr, and prints the answer alone', async () => {
    const { code, stdout, stderr } = await aiwork(['think', '2 + 2?', ...model]);
    expect(stdout).toBe('4\n');
    expect(stderr).toMatch(
      /● judged-vote with parrot\n● round 1: .*\n· 1\.1 4\n· 1\.2 5\n· 1\.3 4\n· 1\.4 4\n· 1\.5 4\n★ 1\.1 kept: 4 of 5 say so\n✔ Run .* succeeded/,
    );
    expect(code).toBe(0);
  });

  it('keeps to strategy and budget', async () => {
    const args = ['--strategy', 'self-consistency', '--budget', '3calls,1m', '--json'];
    const { stdout } = await aiwork(['think', '2 + 2?', ...model, ...args]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      status: 'succeeded',
      output: { answer: '4', stopped: 'budget', usage: { modelCalls: 3 } },
    });
  });

  it('lets a server think, which has a page for it', async () => {
    const server = await serving([flowFile('think.ts'), '--think']);
    expect(server.printed()).toContain(`${server.url}/think`);
    expect(await (await fetch(`${server.url}/think`)).text()).toContain('<title>Thinking</title>');
    const { code, stdout, stderr } = await aiwork(['think', '2 + 2?', '--server', server.url]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4\n' });
    expect(stderr).toContain('★ 1.1 kept: 2 of 2 say so');
  });

  it.skipIf(!hasTerminal())('draws the tree in a terminal, in place', async () => {
    const env = { TERM: 'xterm-256color' };
    const { code, stdout } = await aiwork(['think', '2 + 2?', ...model], { terminal: true, env });
    const { stream, lines } = screen(80, 24);
    stream.write(stdout);
    const shown = await lines();
    expect(shown.slice(0, 8)).toEqual([
      'judged-vote with parrot',
      'Round 1: as many as settle it if they agree',
      '  ✔ 1.1 4  ★ 4 of 5 say so',
      '  · 1.2 5',
      '  · 1.3 4',
      '  · 1.4 4',
      '  · 1.5 4',
      expect.stringMatching(/^converged · 5 calls · \d+ tokens$/),
    ]);
    expect(shown.at(-1)).toBe('4');
    expect(code).toBe(0);
  });

  it.each([
    [['think', '?'], 'which model is to think', '--models FILE'],
    [
      ['think', '?', ...model, '--server', 'http://localhost:1'],
      '--models and --model are not for --server',
      '',
    ],
    [['think', '?', ...model, '--strategy', 'guess'], 'give one of: judged-vote', ''],
    [['think', '?', ...model, '--model', 'other'], 'other', 'parrot'],
    [
      ['serve', flowFile('greet.ts'), '--think'],
      '--think takes a unit "think"',
      'export const think = thinkTask',
    ],
    [['think', '?', ...model, '--budget', 'much'], 'as in 20000,12calls,30s', ''],
  ])('says what is wrong with %j', async (args, message, hint) => {
    const { code, stdout, stderr } = await aiwork(args);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stdout).toBe('');
    expect(code).toBeGreaterThan(0);
  });
});
