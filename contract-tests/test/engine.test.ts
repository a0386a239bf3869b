import { type Adapter, AiworkError } from '@aiwork/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  type Check,
  type Contract,
  checkContract,
  formatReport,
  reportSchema,
  type Subject,
} from '../src/index.ts';

type Nothing = Adapter<{ readonly limit: number }>;

function subject(changes: Partial<Subject<Nothing>> = {}): Subject<Nothing> {
  const close = async () => {};
  return {
    name: 'nothing',
    provides: {},
    open: () => ({ capabilities: { limit: Number.POSITIVE_INFINITY }, close, [Symbol.asyncDispose]: close }),
    ...changes,
  };
}

const contractOf = (
  ...checks: (Partial<Check<Nothing>> & Pick<Check<Nothing>, 'id'>)[]
): Contract<Nothing> => ({
  id: 'nothing',
  version: '1.0',
  adapter: 'Adapter',
  groups: [
    {
      id: 'all',
      title: 'All',
      checks: checks.map((check) => ({
        rule: 'It does nothing',
        anchor: 'Adapter',
        why: 'nobody knows',
        run: async () => {},
        ...check,
      })),
    },
  ],
});

describe('the engine', () => {
  it('says what was expected, what was seen, why it matters and how to see it again', async () => {
    const contract = contractOf({
      id: 'nothing.all.two',
      run: async (t) => t.same(1 + 1, 3, 'the sum'),
    });
    const { checks, verdict } = await checkContract(contract, subject, { seed: 7 });
    expect(verdict).toBe('failed');
    expect(checks[0]?.failure?.message).toBe(
      [
        'nothing.all.two failed on nothing',
        '  rule      It does nothing (Adapter)',
        '  expected  the sum to be 3',
        '  seen      2',
        '  why       nobody knows',
        '  replay    aiwork-contract check FILE --check nothing.all.two --seed 7',
      ].join('\n'),
    );
  });

  it('gives the same random numbers for the same seed', async () => {
    const seen: number[] = [];
    const contract = contractOf({ id: 'random', run: async ({ random }) => void seen.push(random.next()) });
    for (const seed of [5, 5, 6]) await checkContract(contract, subject, { seed });
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
  });

  it('ends a check that hangs at its deadline, and aborts its signal', async () => {
    let signal: AbortSignal | undefined;
    const contract = contractOf({
      id: 'hangs',
      run(t) {
        signal = t.signal;
        return new Promise(() => {});
      },
    });
    const { checks } = await checkContract(contract, subject, { deadlineMs: 20 });
    expect(checks[0]?.failure).toMatchObject({ expected: 'an answer within 20 ms' });
    expect(signal?.aborted).toBe(true);
  });

  it('takes a client that cannot be closed for a failure', async () => {
    const close = () => Promise.reject(new Error('stuck'));
    const open = () => ({ capabilities: { limit: 1 }, close, [Symbol.asyncDispose]: close });
    let opened = 0;
    const firstCloses = () => {
      opened += 1;
      return opened === 1 ? { ...open(), close: async () => {} } : open();
    };
    const contract = contractOf({ id: 'opens', run: async (t) => void (await t.open()) });
    const { checks } = await checkContract(contract, () => subject({ open: firstCloses }));
    expect(checks[0]).toMatchObject({ outcome: 'failed', failure: { seen: 'Error: stuck' } });
  });

  it('gives every check a namespace of its own', async () => {
    const namespaces: string[] = [];
    const open: Subject<Nothing>['open'] = (options) => {
      namespaces.push(options.namespace);
      return subject().open(options);
    };
    const run: Check<Nothing>['run'] = async (t) => {
      await t.open();
      await t.open({ namespace: 'other' });
    };
    await checkContract(contractOf({ id: 'a', run }, { id: 'b', run }), () => subject({ open }));
    expect(new Set(namespaces).size).toBe(5);
  });

  it('is incomplete when a need is missing that could be had, and when nothing ran', async () => {
    const contract = contractOf({ id: 'ran' }, { id: 'kill', needs: ['service-kill'] });
    const silent = await checkContract(contract, subject);
    expect(silent).toMatchObject({ verdict: 'incomplete', counts: { passed: 1, blocked: 1 } });
    expect(silent.checks[1]?.reason).toContain('does not say whether it provides service-kill');
    const skipped = { 'service-kill': { skipped: 'no service' } } as const;
    expect((await checkContract(contract, () => subject({ provides: skipped }))).verdict).toBe('conformant');
    const only = { checks: ['kill'] };
    expect((await checkContract(contract, () => subject({ provides: skipped }), only)).verdict).toBe(
      'incomplete',
    );
  });

  it('skips what the capabilities rule out, with the reason', async () => {
    const contract = contractOf({ id: 'limits', when: ({ limit }) => limit < 9 || 'there is no limit' });
    const { checks } = await checkContract(contract, subject);
    expect(checks[0]).toMatchObject({ outcome: 'skipped', reason: 'there is no limit' });
  });

  it('refuses to run a check that the contract does not have', async () => {
    const running = checkContract(contractOf({ id: 'a' }), subject, { checks: ['b'] });
    await expect(running).rejects.toThrow('nothing has no check "b"');
  });

  it('closes the subject, also when it has nothing to say', async () => {
    let closed = 0;
    const close = async () => {
      closed += 1;
    };
    await checkContract(contractOf({ id: 'a' }), () => subject({ close }));
    expect(closed).toBe(1);
  });

  it('reports in the form of its schema, and as text', async () => {
    const contract = contractOf(
      { id: 'passes', run: async (t) => t.evidence('calls', 3) },
      { id: 'fails', run: () => Promise.reject(new AiworkError('AIWORK_STORE_FAILED', 'the disk is full')) },
      { id: 'blocked', needs: ['second-client'] },
      { id: 'skipped', when: () => 'not here' },
    );
    const report = await checkContract(contract, subject, { seed: 1 });
    const valid = new Ajv2020({ strict: false }).compile(reportSchema);
    const written = JSON.parse(JSON.stringify(report));
    expect(valid(written), JSON.stringify(valid.errors)).toBe(true);
    expect(written.capabilities).toEqual({ limit: 'unlimited' });
    expect(valid({ ...written, checks: [{ ...written.checks[0], outcome: 'failed' }] })).toBe(false);
    const text = formatReport(report);
    expect(text).toContain('seen      AiworkError: AIWORK_STORE_FAILED the disk is full');
    expect(text).toContain('skipped skipped: not here');
    expect(text).toContain(
      'nothing 1.0 on nothing: failed\n1 passed, 1 failed, 1 skipped, 1 blocked, seed 1',
    );
  });
});
