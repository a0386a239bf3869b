import { describe, expect, it, vi } from 'vitest';
import { close, commandGate, type Gate, runGates } from './gate.ts';

const gate = (name: string, run: Gate['run']): Gate => ({ name, run });

describe('runGates', () => {
  it('runs every gate after one that failed or threw, and adds the tests a gate ran', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const tally = await runGates([
      gate('throws', () => Promise.reject(new Error('no disk'))),
      gate('fails', async () => ({ status: 'failed', output: 'what was wrong' })),
      gate('skips', async () => ({ status: 'skipped', note: 'no engine' })),
      gate('tests', async () => ({ status: 'passed', tests: { passed: 10, failed: 2, skipped: 3 } })),
    ]);
    const printed = log.mock.calls.flat().join('\n');
    log.mockRestore();
    expect(tally).toEqual({ passed: 11, failed: 4, skipped: 4 });
    expect(printed).toContain('no disk');
    expect(printed).toContain('what was wrong');
    expect(printed).toContain('FAILED: throws\nFAILED: fails\nSKIPPED: skips: no engine');
  });
});

describe('commandGate', () => {
  it('passes when the command exits with 0', async () => {
    expect(await commandGate('good', 'node', ['-e', '']).run()).toMatchObject({ status: 'passed' });
  });

  it('fails with what the command printed when it exits with anything else', async () => {
    const script = 'console.error("line 7"); process.exitCode = 3';
    expect(await commandGate('bad', 'node', ['-e', script]).run()).toEqual({
      status: 'failed',
      output: 'line 7\n',
    });
  });

  it('fails when there is no such command', async () => {
    const verdict = await commandGate('missing', 'no-such-command', []).run();
    expect(verdict).toMatchObject({ status: 'failed', output: expect.stringContaining('no-such-command') });
  });
});

describe('close', () => {
  it.each([
    [0, 0],
    [1, 1],
  ])('prints the closing line and, with %i failed, sets exit code %i', (failed, exitCode) => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const before = process.exitCode;
    close({ passed: 5, failed, skipped: 2 });
    expect(process.exitCode).toBe(exitCode);
    process.exitCode = before;
    expect(log.mock.lastCall).toEqual([`5 passed, ${failed} failed, 2 skipped`]);
    log.mockRestore();
  });
});
