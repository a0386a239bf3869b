import { setImmediate } from 'node:timers/promises';
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

  it('runs a gate beside others once those it comes after are over, and tells of it between two others', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const events: string[] = [];
    const besideIsOver = Promise.withResolvers<void>();
    const first = gate('first', async () => {
      events.push('first');
      return { status: 'passed' };
    });
    const second = gate('second', async () => {
      await besideIsOver.promise;
      await setImmediate();
      events.push('second');
      return { status: 'passed' };
    });
    const beside: Gate = {
      name: 'beside',
      besideAfter: [first],
      run: async () => {
        events.push('beside');
        besideIsOver.resolve();
        return { status: 'failed', output: 'what was wrong' };
      },
    };
    const tally = await runGates([beside, first, second, gate('third', async () => ({ status: 'passed' }))]);
    const printed = log.mock.calls.flat().map((line) => String(line).replace(/ in .*/, ''));
    log.mockRestore();
    expect(events).toEqual(['first', 'beside', 'second']);
    expect(tally).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(printed).toEqual([
      '[2/4] first',
      '      passed',
      '[3/4] second',
      '      passed',
      '[1/4] beside',
      'what was wrong',
      '      failed',
      '[4/4] third',
      '      passed',
      'FAILED: beside',
    ]);
  });

  it('waits for what runs beside the last gate', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const last = gate('last', async () => ({ status: 'passed' }));
    const beside: Gate = {
      ...gate('beside', () => Promise.reject(new Error('no disk'))),
      besideAfter: [last],
    };
    const tally = await runGates([last, beside]);
    log.mockRestore();
    expect(tally).toEqual({ passed: 1, failed: 1, skipped: 0 });
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
