import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { type ClassifierGuardrailOptions, classifierGuardrail } from './classifier-guardrail.ts';

const scored = (
  scores: Readonly<Record<string, number>>,
  options: Partial<ClassifierGuardrailOptions> = {},
) => classifierGuardrail({ name: 'c', limits: { toxic: 0.8 }, classify: async () => scores, ...options });

describe('classifierGuardrail', () => {
  it('passes below the limit, and fails from it on', async () => {
    expect(await checkText(scored({ toxic: 0.79, other: 1 }), 'x')).toEqual({ action: 'pass' });
    expect(await checkText(scored({ toxic: 0.8 }), 'x')).toEqual({
      action: 'block',
      reason: 'it is "toxic" with a score of 0.8, the limit is 0.8',
    });
    expect(await checkText(scored({ toxic: 1 }, { onFail: 'retry' }), 'x')).toMatchObject({
      action: 'retry',
    });
  });

  it.each<[string, Partial<ClassifierGuardrailOptions>]>([
    ['throws', { classify: () => Promise.reject(new Error('away')) }],
    ['does not answer', { classify: () => new Promise(() => {}), timeoutMs: 5 }],
    ['has no score of a kind', { classify: async () => ({}) }],
    ['has one that is no number', { classify: async () => ({ toxic: Number.NaN }) }],
  ])('blocks, or passes when told to, when the classifier %s', async (_, options) => {
    expect(await checkText(scored({}, options), 'x')).toMatchObject({ action: 'block' });
    expect(await checkText(scored({}, { ...options, whenUnchecked: 'pass' }), 'x')).toEqual({
      action: 'pass',
    });
  });

  it('asks nobody about a text that is still coming', async () => {
    const { signal } = new AbortController();
    const guardrail = scored({}, { classify: () => expect.unreachable() });
    expect(await guardrail.check({ text: 'x', final: false }, { signal })).toEqual({ action: 'pass' });
  });

  it.each<[Partial<ClassifierGuardrailOptions>, string]>([
    [{ limits: {} }, 'has no limits'],
    [{ limits: { toxic: 2 } }, 'the limit of "toxic" of guardrail "c" is 2'],
    [{ classify: undefined as never }, 'cannot classify'],
  ])('refuses %o', (options, problem) => {
    expect(() => scored({}, options)).toThrow(problem);
  });
});
