import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { screen } from '../src/terminal/screen.fixture.ts';
import { aiwork, flowFile, start, terminalProgram } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

const hasTerminal = (() => {
  try {
    return execFileSync(terminalProgram, ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();

async function shown(output: string): Promise<string[]> {
  const { stream, lines } = screen(80, 24);
  stream.write(output);
  return lines();
}

describe.skipIf(!hasTerminal)('aiwork run in a terminal', () => {
  it('draws each step once, with what it printed above and the result below', async () => {
    const { code, stdout } = await aiwork(['run', flowFile('greet.ts')], {
      terminal: true,
      env: { TERM: 'xterm-256color' },
    });
    const lines = await shown(stdout);
    const at = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(lines.filter((line) => line.startsWith('✔ hello'))).toHaveLength(1);
    expect(at('printed by the step')).toBeLessThan(at('✔ hello'));
    expect(at('info shout about to shout')).toBeLessThan(at('✔ hello'));
    expect(at('2 of 2 steps')).toBeGreaterThan(at('✔ shout'));
    expect(lines.slice(at('succeeded in') + 1)).toEqual(['{', '  "text": "HELLO, WORLD!"', '}']);
    expect(stdout).toContain('\u001b[32m✔');
    expect(code).toBe(0);
  });

  it('has no colours with NO_COLOR', async () => {
    const env = { TERM: 'xterm-256color', NO_COLOR: '1' };
    const { stdout } = await aiwork(['run', flowFile('greet.ts')], { terminal: true, env });
    expect(stdout).toContain('✔ shout');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    expect(stdout).not.toMatch(/\u001b\[[0-9;]*m/);
  });

  it('prints plain lines on a terminal that cannot redraw', async () => {
    const { stdout } = await aiwork(['run', flowFile('greet.ts')], { terminal: true, env: { TERM: 'dumb' } });
    expect(stdout).toContain('shout started');
  });

  it('cancels on Ctrl-C, and never hides the cursor', async () => {
    const { child, seen, finished } = start(['run', flowFile('slow.ts')], {
      terminal: true,
      env: { TERM: 'xterm-256color' },
    });
    await seen('working');
    child.stdin?.write('\u0003');
    const { code, stdout } = await finished;
    const lines = await shown(stdout);
    expect(lines.join('\n')).toMatch(
      /Cancelling run [\s\S]*↶ book[\s\S]*■ work .*cancelled[\s\S]*was cancelled after/,
    );
    expect(stdout).not.toContain('\u001b[?25l');
    expect(code).toBe(3);
  });
});
