import type { Guardrail, Verdict } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { customGuardrail } from '../custom-guardrail.ts';
import { regexGuardrail } from '../regex-guardrail.ts';
import { guardrailChain } from './guardrail-chain.ts';

function says(name: string, verdict: Verdict | ((text: string) => Verdict)): Guardrail {
  return customGuardrail({
    name,
    check: ({ text }) => (typeof verdict === 'function' ? verdict(text) : verdict),
  });
}

const append = (letter: string) =>
  says(letter, (text) => ({ action: 'redact', text: text + letter, reason: `added ${letter}` }));

describe('guardrailChain', () => {
  it('passes when all of its guardrails do', async () => {
    const chain = guardrailChain({
      name: 'chain',
      guardrails: [says('a', { action: 'pass' }), says('b', { action: 'pass' })],
    });
    expect(await checkText(chain, 'x')).toEqual({ action: 'pass' });
  });

  it('shows each guardrail what the one before made of the text', async () => {
    const chain = guardrailChain({
      name: 'chain',
      guardrails: [append('a'), says('-', { action: 'pass' }), append('b')],
    });
    expect(await checkText(chain, 'x')).toEqual({
      action: 'redact',
      text: 'xab',
      reason: '"a": added a; "b": added b',
    });
  });

  it.each<[Verdict, Verdict]>([
    [
      { action: 'block', reason: 'no' },
      { action: 'block', reason: '"b": no' },
    ],
    [
      { action: 'retry', feedback: 'again' },
      { action: 'retry', feedback: '"b": again' },
    ],
  ])('ends with the first %o and names its guardrail', async (verdict, expected) => {
    const never = says('c', () => {
      throw new Error('must not be asked');
    });
    const chain = guardrailChain({ name: 'chain', guardrails: [append('a'), says('b', verdict), never] });
    expect(await checkText(chain, 'x')).toEqual(expected);
  });

  it('names the way through chains in chains', async () => {
    const inner = guardrailChain({
      name: 'inner',
      guardrails: [says('deep', { action: 'block', reason: 'no' })],
    });
    const outer = guardrailChain({ name: 'outer', guardrails: [append('a'), inner] });
    expect(await checkText(outer, 'x')).toEqual({ action: 'block', reason: '"inner": "deep": no' });
  });

  it('gives a reason where a redaction has none', async () => {
    const chain = guardrailChain({ name: 'chain', guardrails: [says('a', { action: 'redact', text: '' })] });
    expect(await checkText(chain, 'x')).toEqual({ action: 'redact', text: '', reason: '"a": redacted' });
  });

  it.each<[string, Guardrail['check'], string]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'it threw Error: broken',
    ],
    [
      'returns no verdict',
      () => undefined as never,
      'it threw AiworkError: guardrail "odd" returned a value of type undefined',
    ],
  ])('blocks when a guardrail of others %s', async (_, check, reason) => {
    const chain = guardrailChain({ name: 'chain', guardrails: [{ name: 'odd', on: ['output'], check }] });
    expect(await checkText(chain, 'x')).toMatchObject({
      action: 'block',
      reason: expect.stringContaining(`"odd": ${reason}`),
    });
  });

  it('rejects with the reason of its signal and asks nobody any more', async () => {
    const cancel = new AbortController();
    let asked = 0;
    const stop = says('stop', () => {
      asked += 1;
      cancel.abort(new Error('cancelled'));
      return { action: 'pass' };
    });
    const chain = guardrailChain({ name: 'chain', guardrails: [stop, stop] });
    await expect(checkText(chain, 'x', cancel.signal)).rejects.toThrow('cancelled');
    expect(asked).toBe(1);
  });

  it('looks where its guardrails look', () => {
    const on = ['input', 'tool-result'] as const;
    const patterns = { p: 'x' };
    const guardrails = [
      regexGuardrail({ name: 'a', on, patterns }),
      regexGuardrail({ name: 'b', on: ['tool-result', 'input'], patterns }),
    ];
    expect(guardrailChain({ name: 'chain', guardrails }).on).toEqual(on);
    expect(guardrailChain({ name: 'chain', guardrails, on: ['output'] }).on).toEqual(['output']);
  });

  it('refuses guardrails that look at different places, naming them', () => {
    const guardrails = [
      regexGuardrail({ name: 'a', on: ['input'], patterns: { p: 'x' } }),
      regexGuardrail({ name: 'b', patterns: { p: 'x' } }),
    ];
    expect(() => guardrailChain({ name: 'chain', guardrails })).toThrow(
      'holds "a" for input and "b" for output',
    );
  });

  it('refuses to be empty', () => {
    expect(() => guardrailChain({ name: 'chain', guardrails: [] })).toThrow(
      'guardrail chain "chain" is empty',
    );
  });

  it.each([
    ['no list', 'ab', '`guardrails` of guardrail chain "chain" is no list'],
    [
      'nothing',
      [regexGuardrail({ name: 'a', patterns: { p: 'x' } }), null],
      'guardrails[1] of guardrail chain "chain"',
    ],
    [
      'what checks nothing',
      [{ name: 'a', on: ['output'] }],
      'guardrails[0] of guardrail chain "chain" is no guardrail',
    ],
  ])('refuses what is none: %s', (_, guardrails, message) => {
    expect(() => guardrailChain({ name: 'chain', guardrails: guardrails as never })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});
