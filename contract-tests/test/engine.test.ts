import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Adapter, AiworkError } from '@aiwork/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Check,
  type CheckOptions,
  type Contract,
  type ContractRun,
  checkContract,
  defineSubject,
  embedded,
  formatReport,
  manualClock,
  reportSchema,
  type Service,
  ServiceUnavailable,
  type Subject,
  serviceSource,
} from '../src/index.ts';

type Nothing = Adapter<{ readonly limit: number }>;

function subject(changes: Partial<Subject<Nothing>> = {}): Subject<Nothing> {
  const close = async () => {};
  return {
    secondClient: true,
    service: embedded,
    open: () => ({ capabilities: { limit: Number.POSITIVE_INFINITY }, close, [Symbol.asyncDispose]: close }),
    ...changes,
  };
}

const service = (): Service => ({
  facts: { name: 'nothing', version: '1.0', settings: {} },
  address: { host: '127.0.0.1', port: 7 },
  close: async () => {},
});

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

const runOf = (
  contract: Contract<Nothing>,
  changes: Partial<Subject<Nothing>> = {},
): ContractRun<Nothing> => ({ contract, name: 'nothing', subject: () => subject(changes) });

describe('the engine', () => {
  it('says what was expected, what was seen, why it matters and how to see it again', async () => {
    const contract = contractOf({
      id: 'nothing.all.two',
      run: async (t) => t.same(1 + 1, 3, 'the sum'),
    });
    const { checks, verdict } = await checkContract(runOf(contract), { seed: 7 });
    expect(verdict).toBe('failed');
    expect(checks[0]?.failure?.message).toBe(
      [
        'nothing.all.two failed on nothing',
        '  rule      It does nothing (Adapter)',
        '  expected  the sum to be 3',
        '  seen      2',
        '  why       nobody knows',
        '  replay    aiwork-contract replay FILE nothing.all.two 7',
      ].join('\n'),
    );
  });

  it('gives the same random numbers for the same seed', async () => {
    const seen: number[] = [];
    const contract = contractOf({ id: 'random', run: async ({ random }) => void seen.push(random.next()) });
    for (const seed of [5, 5, 6]) await checkContract(runOf(contract), { seed });
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
    const { checks } = await checkContract(runOf(contract), { deadlineMs: 20 });
    expect(checks[0]?.failure).toMatchObject({ expected: 'an answer within 20 ms' });
    expect(signal?.aborted).toBe(true);
  });

  it('takes the deadline of the subject where nobody asks for another', async () => {
    const hanging = runOf(contractOf({ id: 'hangs', run: () => new Promise(() => {}) }), {
      checkDeadlineMs: 20,
    });
    const expectedOf = async (options: CheckOptions) =>
      (await checkContract(hanging, options)).checks[0]?.failure?.expected;
    expect(await expectedOf({})).toBe('an answer within 20 ms');
    expect(await expectedOf({ deadlineMs: 30 })).toBe('an answer within 30 ms');
  });

  it('gives up a subject that never opens, and closes what opens too late', async () => {
    const events: string[] = [];
    const late = Promise.withResolvers<Nothing>();
    const hanging = runOf(contractOf({ id: 'a' }), {
      open: () => late.promise,
      close: async () => void events.push('subject closed'),
    });
    await expect(checkContract(hanging, { deadlineMs: 20 })).rejects.toThrow(
      'the first client to be opened and closed within 20 ms',
    );
    const close = async () => void events.push('client closed');
    late.resolve({ capabilities: { limit: 1 }, close, [Symbol.asyncDispose]: close });
    await setImmediate();
    expect(events).toEqual(['subject closed', 'client closed']);
    const controller = new AbortController();
    const running = checkContract(
      { ...hanging, subject: () => subject({ open: () => new Promise(() => {}) }) },
      controller,
    );
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('closes clients of a check that was given up, and opens no more for it', async () => {
    const late = Promise.withResolvers<void>();
    let opens = 0;
    let closes = 0;
    const close = async () => {
      closes += 1;
    };
    let afterwards: unknown;
    const contract = contractOf({
      id: 'hangs',
      async run(t) {
        await t.open();
        const opening = t.open();
        await opening;
        afterwards = await t.open().catch((error) => error.name);
      },
    });
    const { checks } = await checkContract(
      runOf(contract, {
        async open() {
          opens += 1;
          if (opens === 3) await late.promise;
          return { capabilities: { limit: 1 }, close, [Symbol.asyncDispose]: close };
        },
      }),
      { deadlineMs: 20 },
    );
    expect(checks[0]?.failure?.expected).toBe('an answer within 20 ms');
    late.resolve();
    await setImmediate();
    await setImmediate();
    expect({ opens, closes, afterwards }).toEqual({ opens: 3, closes: 3, afterwards: 'AbortError' });
  });

  it('closes every client, also after one that cannot be', async () => {
    let closes = 0;
    const open = () => {
      const close = () => {
        closes += 1;
        if (closes === 2) throw new Error('stuck');
        return Promise.resolve();
      };
      return { capabilities: { limit: 1 }, close, [Symbol.asyncDispose]: close };
    };
    const contract = contractOf({
      id: 'opens',
      async run(t) {
        await t.open();
        await t.open();
      },
    });
    const { checks } = await checkContract(runOf(contract, { open }));
    expect(checks[0]?.failure?.seen).toBe('Error: stuck');
    expect(closes).toBe(3);
  });

  it('says so when what is opened is no adapter', async () => {
    for (const nothing of [undefined, {}, { close: async () => {} }]) {
      const run = runOf(contractOf({ id: 'a' }), { open: () => nothing as never });
      await expect(checkContract(run)).rejects.toThrow('give an adapter, which has capabilities and close()');
    }
  });

  it('runs a check that cannot tell from the capabilities whether it applies', async () => {
    const contract = contractOf({
      id: 'a',
      when: ({ limit }) => (limit as unknown as string).startsWith('x') || 'no x',
      run: async (t) => t.that(false, 'capabilities as they are typed', t.capabilities),
    });
    const { checks } = await checkContract(runOf(contract));
    expect(checks[0]?.failure?.expected).toBe('capabilities as they are typed');
  });

  it('takes what a check or a call throws at once for what it is', async () => {
    const contract = contractOf(
      {
        id: 'check',
        run() {
          throw new Error('at once\u001b[31m\nand more');
        },
      },
      {
        id: 'call',
        async run(t) {
          await t.refuses(() => {
            throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'no');
          }, 'get()');
        },
      },
    );
    const { checks } = await checkContract(runOf(contract));
    expect(checks.map(({ failure }) => failure?.seen)).toEqual([
      'Error: at once\\u001b[31m\\nand more',
      'the call itself threw AiworkError: AIWORK_INVALID_ARGUMENT no',
    ]);
    expect(checks[1]?.failure?.expected).toBe(
      'get() to be refused with an AiworkError, by a promise that rejects',
    );
  });

  it('shows what is deep on one line too', async () => {
    const deep = [[[[{ a: [{ b: 1 }], 'not an identifier': ['x'.repeat(80), 'y'.repeat(80)] }]]]];
    const contract = contractOf({ id: 'a', run: async (t) => t.that(false, 'nothing', deep) });
    const { checks } = await checkContract(runOf(contract));
    expect(checks[0]?.failure?.seen).toMatch(/^\[ \[ \[ \[ \{ a: \[ \{ b: 1 \} \]/);
    expect(checks[0]?.failure?.seen).not.toContain('\\n');
  });

  it('refuses a name that is not one line, and known failures of checks that there are not', async () => {
    const run = runOf(contractOf({ id: 'a' }));
    for (const name of ['two\nlines', '\u001b[31mred', ' ']) {
      await expect(checkContract({ ...run, name })).rejects.toThrow('give it a name of one line');
    }
    const knowing = { ...run, knownFailures: { a: 'bug 12', 'a.typo': 'bug 13' } };
    await expect(checkContract(knowing)).rejects.toThrow(
      'nothing names known failures of checks that nothing 1.0 does not have: "a.typo"',
    );
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
    const { checks } = await checkContract(runOf(contract, { open: firstCloses }));
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
    await checkContract(runOf(contractOf({ id: 'a', run }, { id: 'b', run }), { open }));
    expect(new Set(namespaces).size).toBe(5);
  });

  it('is incomplete when a need is missing that could be had, and when nothing ran', async () => {
    const contract = contractOf({ id: 'ran' }, { id: 'kill', needs: ['service-kill'] });
    const given = { service: { blocked: 'nobody started it' } };
    const blocked = await checkContract(runOf(contract, given));
    expect(blocked).toMatchObject({ verdict: 'incomplete', counts: { passed: 1, blocked: 1 } });
    expect(blocked.checks[1]?.reason).toBe('nobody started it');
    expect((await checkContract(runOf(contract))).verdict).toBe('conformant');
    expect((await checkContract(runOf(contract), { checks: ['kill'] })).verdict).toBe('incomplete');
  });

  it('blocks what would stop a service that is not its own', async () => {
    const contract = contractOf(
      { id: 'cut', needs: ['link-faults'] },
      { id: 'kill', needs: ['service-kill'] },
    );
    const { checks } = await checkContract(runOf(contract, { service: service() }));
    expect(checks.map(({ outcome }) => outcome)).toEqual(['passed', 'blocked']);
    expect(checks[1]?.reason).toBe('the service is not ours to kill');
  });

  it('blocks every check where the service cannot be had', async () => {
    const unavailable = serviceSource('redis', () => Promise.reject(new ServiceUnavailable('no engine')));
    const run = defineSubject({
      contract: contractOf({ id: 'a' }, { id: 'b' }),
      name: 'nothing',
      service: unavailable,
      open: subject().open,
    });
    const report = await checkContract(run);
    expect(report).toMatchObject({ verdict: 'incomplete', counts: { passed: 0, blocked: 2 } });
    expect(report.checks[0]?.reason).toBe('no engine');
  });

  it('connects to the service itself, or to it through a link of the check', async () => {
    const ports: (number | undefined)[] = [];
    const run = defineSubject({
      contract: contractOf({
        id: 'a',
        async run(t) {
          await t.open();
          await t.open({ throughLink: true });
          t.same((await t.link()).address.port, ports[2], 'the port of the link');
        },
      }),
      name: 'nothing',
      service: serviceSource('nothing', async () => service()),
      open(options) {
        ports.push(options.address.port);
        return subject().open(options);
      },
    });
    const report = await checkContract(run);
    expect(report.verdict, formatReport(report)).toBe('conformant');
    expect(report.service).toEqual(service().facts);
    expect(ports.slice(0, 2)).toEqual([7, 7]);
    expect(ports[2]).not.toBe(7);
  });

  it('runs checks beside each other, and one that wants to be alone by itself', async () => {
    const now = new Set<string>();
    const seen: Record<string, number> = {};
    const check = (id: string, alone?: true): Partial<Check<Nothing>> & { readonly id: string } => ({
      id,
      ...(alone && { alone }),
      async run() {
        now.add(id);
        for (let turn = 0; turn < 3; turn += 1) {
          await setImmediate();
          seen[id] = Math.max(seen[id] ?? 0, now.size);
        }
        now.delete(id);
      },
    });
    const contract = contractOf(check('a'), check('b'), check('alone', true), check('c'), check('d'));
    await checkContract(runOf(contract), { concurrency: 2 });
    expect(seen).toEqual({ a: 2, b: 2, alone: 1, c: 2, d: 2 });
    await checkContract(runOf(contract, { clock: manualClock() }));
    expect(now.size).toBe(0);
  });

  it('moves a clock by hand for one check at a time', async () => {
    const clock = manualClock(0);
    const times: number[] = [];
    const run: Check<Nothing>['run'] = async (t) => {
      await t.wait(10);
      await setImmediate();
      times.push(t.now());
    };
    await checkContract(runOf(contractOf({ id: 'a', run }, { id: 'b', run }), { clock }));
    expect(times).toEqual([10, 20]);
  });

  it('tells failures that are known from new ones, and fails when one is no more', async () => {
    const contract = contractOf(
      { id: 'passes' },
      { id: 'fails', run: async (t) => t.that(false, 'it to work', 'it did not') },
    );
    const knowing = (...ids: string[]) => ({
      ...runOf(contract),
      knownFailures: Object.fromEntries(ids.map((id) => [id, `bug 12`])),
    });
    const known = await checkContract(knowing('fails'));
    expect(known).toMatchObject({ verdict: 'known-failures', counts: { passed: 1, 'known-failure': 1 } });
    expect(formatReport(known)).toContain('known-failure fails: bug 12');
    const stale = await checkContract(knowing('fails', 'passes'));
    expect(stale.verdict).toBe('failed');
    expect(formatReport(stale)).toContain('take it off the list');
  });

  it('skips what the capabilities rule out, with the reason', async () => {
    const contract = contractOf({ id: 'limits', when: ({ limit }) => limit < 9 || 'there is no limit' });
    const { checks } = await checkContract(runOf(contract));
    expect(checks[0]).toMatchObject({ outcome: 'skipped', reason: 'there is no limit' });
  });

  it('runs the checks that are named, by id or by what ids begin with, and of the profiles asked for', async () => {
    const contract = contractOf(
      { id: 'n.ttl.a' },
      { id: 'n.ttl.b', needs: ['second-client'] },
      { id: 'n.ttl-not.c' },
      { id: 'n.wire.d', needs: ['link-faults'] },
      { id: 'n.wire.e', needs: ['link-faults', 'service-kill'] },
    );
    const ran = async (options: CheckOptions) =>
      (await checkContract(runOf(contract), options)).checks.map(({ id }) => id);
    expect(await ran({ checks: ['n.ttl', 'n.wire.e'] })).toEqual(['n.ttl.a', 'n.ttl.b', 'n.wire.e']);
    expect(await ran({ profiles: ['core'] })).toEqual(['n.ttl.a', 'n.ttl.b', 'n.ttl-not.c']);
    expect(await ran({ profiles: ['faults'] })).toEqual(['n.wire.d']);
    expect(await ran({ profiles: ['restart'], checks: ['n.wire'] })).toEqual(['n.wire.e']);
    const part = await checkContract(runOf(contract), { checks: ['n.ttl'] });
    expect(part.leftOut).toBe(3);
    expect(formatReport(part)).toContain('nothing 1.0 on nothing: conformant, 3 of 5 checks left out');
  });

  it('gives up when its signal is aborted: what runs is told, closed, and nothing else begins', async () => {
    const controller = new AbortController();
    const events: string[] = [];
    const close = async () => void events.push('client closed');
    const contract = contractOf(
      {
        id: 'hangs',
        async run(t) {
          await t.open();
          t.signal.addEventListener('abort', () => events.push('told'));
          controller.abort(new Error('enough'));
          await new Promise(() => {});
        },
      },
      { id: 'waits', run: async () => void events.push('began') },
    );
    const run = runOf(contract, {
      open: () => ({ capabilities: { limit: 1 }, close, [Symbol.asyncDispose]: close }),
      close: async () => void events.push('subject closed'),
    });
    const { signal } = controller;
    await expect(checkContract(run, { signal, concurrency: 1 })).rejects.toThrow('enough');
    // The first client is the one that was asked for its capabilities.
    expect(events).toEqual(['client closed', 'told', 'client closed', 'subject closed']);
  });

  it('names the kit and the package with the commit they are of', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aiwork-contract-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    git('init', '-q');
    const file = join(folder, 'package.json');
    writeFileSync(file, '{ "name": "mine", "version": "1.2.3" }');
    const facts = async () =>
      (await checkContract({ ...runOf(contractOf({ id: 'a' })), package: pathToFileURL(file) })).package;
    expect(await facts()).toEqual({ name: 'mine', version: '1.2.3' });
    git('add', '.');
    git('-c', 'user.name=n', '-c', 'user.email=n@example.com', 'commit', '-q', '-m', 'first');
    expect(await facts()).toEqual({
      name: 'mine',
      version: '1.2.3',
      commit: git('rev-parse', 'HEAD').trim(),
    });
    writeFileSync(join(folder, 'new.ts'), 'changed');
    expect(await facts()).toEqual({ name: 'mine', version: '1.2.3' });
    const { kit } = await checkContract(runOf(contractOf({ id: 'a' })));
    expect(kit.name).toBe('@aiwork/contract-tests');
  });

  it('refuses to run a check that the contract does not have', async () => {
    const running = checkContract(runOf(contractOf({ id: 'a' })), { checks: ['b'] });
    await expect(running).rejects.toThrow('nothing has no check "b"');
  });

  it('closes the subject, also when it has nothing to say', async () => {
    let closed = 0;
    const close = async () => {
      closed += 1;
    };
    await checkContract(runOf(contractOf({ id: 'a' }), { close }));
    expect(closed).toBe(1);
  });

  it('reports in the form of its schema, and as text', async () => {
    const contract = contractOf(
      { id: 'passes', run: async (t) => t.evidence('calls', 3) },
      { id: 'fails', run: () => Promise.reject(new AiworkError('AIWORK_STORE_FAILED', 'the disk is full')) },
      { id: 'blocked', needs: ['second-client'] },
      { id: 'skipped', when: () => 'not here' },
    );
    const report = await checkContract(runOf(contract, { secondClient: { blocked: 'one seat' } }), {
      seed: 1,
    });
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
