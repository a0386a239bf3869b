import { once } from 'node:events';
import type { Guardrail, Verdict } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { anyGuardrail } from './any-guardrail.ts';
import { boundedGuardrail } from './bounded-guardrail.ts';
import { parallelGuardrails } from './parallel-guardrails.ts';
import { sampledGuardrail } from './sampled-guardrail.ts';

type Check = Guardrail['check'];
const says = (name: string, verdict: Verdict | Check): Guardrail => ({
  name,
  on: ['output'],
  check: typeof verdict === 'function' ? verdict : () => verdict,
});
const passes = says('p', { action: 'pass' });
const blocks = says('b', { action: 'block', reason: 'no' });
const asks = (name: string, feedback: string) => says(name, { action: 'retry', feedback });
const replaces = (name: string, from: string, to: string) =>
  says(name, ({ text }) =>
    text.includes(from)
      ? { action: 'redact', text: text.replaceAll(from, to), reason: `replaced ${from}` }
      : { action: 'pass' },
  );
const throws = says('t', () => {
  throw new Error('away');
});
/** Answers when it is told to stop, and never before. */
const waits = (stopped: (reason: unknown) => void = () => {}): Guardrail =>
  says('w', async (_, { signal }) => {
    await once(signal, 'abort');
    stopped(signal.reason);
    throw signal.reason;
  });

describe('anyGuardrail', () => {
  const any = (...guardrails: readonly Guardrail[]) => anyGuardrail({ name: 'any', guardrails });

  it('passes with the first that does, and asks no other', async () => {
    const never = says('n', () => expect.unreachable());
    expect(await checkText(any(blocks, passes, never), 'x')).toEqual({ action: 'pass' });
  });

  it('takes what one redacts', async () => {
    expect(await checkText(any(blocks, replaces('r', 'x', 'y')), 'x')).toMatchObject({ text: 'y' });
  });

  it('tells the model what each wants when one of them asks again', async () => {
    expect(await checkText(any(asks('a', 'one'), blocks, asks('c', 'two')), 'x')).toEqual({
      action: 'retry',
      feedback: '"a": one; or "c": two',
    });
  });

  it('blocks when all do, with all reasons, and counts one that throws', async () => {
    expect(await checkText(any(blocks, throws), 'x')).toEqual({
      action: 'block',
      reason: 'none lets it pass: "b": no; "t": it threw Error: away',
    });
  });

  it('refuses to be empty', () => {
    expect(() => any()).toThrow('any of guardrails "any" is empty');
  });
});

describe('parallelGuardrails', () => {
  const parallel = (...guardrails: readonly Guardrail[]) => parallelGuardrails({ name: 'all', guardrails });

  it('shows all of them the text at once', async () => {
    const { promise: other, resolve } = Promise.withResolvers<void>();
    const first = says('1', async () => {
      await other;
      return { action: 'pass' };
    });
    const second = says('2', () => {
      resolve();
      return { action: 'pass' };
    });
    expect(await checkText(parallel(first, second), 'x')).toEqual({ action: 'pass' });
  });

  it('ends those behind one that blocks', async () => {
    let reason: unknown;
    const all = parallel(
      passes,
      blocks,
      waits((given) => {
        reason = given;
      }),
    );
    expect(await checkText(all, 'x')).toEqual({ action: 'block', reason: '"b": no' });
    expect(reason).toBeDefined();
  });

  it('names the first in order that blocks, not the fastest', async () => {
    const slow = says('slow', async () => {
      await new Promise(setImmediate);
      return { action: 'block', reason: 'late' };
    });
    expect(await checkText(parallel(slow, blocks), 'x')).toEqual({ action: 'block', reason: '"slow": late' });
  });

  it('tells the model what all want', async () => {
    expect(await checkText(parallel(asks('a', 'one'), passes, asks('b', 'two')), 'x')).toEqual({
      action: 'retry',
      feedback: '"a": one; "b": two',
    });
  });

  it('has what several redact redacted by one after the other', async () => {
    const all = parallel(replaces('a', 'x', '1'), passes, replaces('b', 'y', '2'));
    expect(await checkText(all, 'xyz')).toEqual({
      action: 'redact',
      text: '12z',
      reason: '"a": replaced x; "b": replaced y',
    });
  });

  it.each([
    ['block', { action: 'block', reason: '"w": it took longer than 5 ms' }],
    ['pass', { action: 'pass' }],
  ] as const)('lets texts %s that were not checked in time', async (whenUnchecked, verdict) => {
    const all = parallelGuardrails({
      name: 'all',
      guardrails: [passes, waits()],
      timeoutMs: 5,
      whenUnchecked,
    });
    expect(await checkText(all, 'x')).toEqual(verdict);
  });

  it('rejects with the reason of its signal', async () => {
    const cancel = new AbortController();
    const checking = checkText(parallel(waits(), waits()), 'x', cancel.signal);
    cancel.abort(new Error('cancelled'));
    await expect(checking).rejects.toThrow('cancelled');
  });
});

describe('boundedGuardrail', () => {
  it('gives what its guardrail decides in time', async () => {
    for (const guardrail of [passes, blocks, asks('a', 'one')]) {
      const bounded = boundedGuardrail({ guardrail, timeoutMs: 60_000, whenUnchecked: 'pass' });
      expect(await checkText(bounded, 'x')).toEqual(await checkText(guardrail, 'x'));
    }
  });

  it.each([
    ['throws', throws, 'it threw Error: away'],
    ['does not answer', waits(), 'it took longer than 5 ms'],
    ['gives no verdict', says('n', () => undefined as never), 'it threw AiworkError: guardrail "n" returned'],
  ] as const)('blocks, or passes if told to, when its guardrail %s', async (_, guardrail, reason) => {
    expect(await checkText(boundedGuardrail({ guardrail, timeoutMs: 5 }), 'x')).toMatchObject({
      action: 'block',
      reason: expect.stringContaining(reason),
    });
    const open = boundedGuardrail({ guardrail, timeoutMs: 5, whenUnchecked: 'pass' });
    expect(await checkText(open, 'x')).toEqual({ action: 'pass' });
  });

  it('rejects with the reason of its signal, also when it fails open', async () => {
    const cancel = new AbortController();
    const bounded = boundedGuardrail({ guardrail: waits(), timeoutMs: 60_000, whenUnchecked: 'pass' });
    const checking = checkText(bounded, 'x', cancel.signal);
    cancel.abort(new Error('cancelled'));
    await expect(checking).rejects.toThrow('cancelled');
  });

  it('refuses a limit that is none', () => {
    expect(() => boundedGuardrail({ guardrail: passes, timeoutMs: 0 })).toThrow(
      'timeoutMs of guardrail "p" is 0',
    );
  });
});

describe('sampledGuardrail', () => {
  it('shows its guardrail about the share of texts that it is told to, and the same ones again', async () => {
    const sampled = sampledGuardrail({ guardrail: blocks, share: 0.25 });
    const texts = Array.from({ length: 2_000 }, (_, i) => `text ${i}`);
    const blocked = async () => {
      const verdicts = await Promise.all(texts.map((text) => checkText(sampled, text)));
      return texts.filter((_, i) => verdicts[i]?.action === 'block');
    };
    const first = await blocked();
    expect(first.length).toBeGreaterThan(400);
    expect(first.length).toBeLessThan(600);
    expect(await blocked()).toEqual(first);
  });

  it.each([0, -1, 1.1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => sampledGuardrail({ guardrail: passes, share })).toThrow('share of guardrail "p"');
  });
});
