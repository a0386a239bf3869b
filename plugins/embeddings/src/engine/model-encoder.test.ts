import type { ModelRuntime, Precision } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { smallSpec } from '../model/small-spec.fixture.ts';
import { openEncoder } from './model-encoder.ts';

const model = (precision: 'fp32' | 'fp16' | 'int8') => ({
  id: 'tested',
  tokenizer: '{}',
  spec: smallSpec,
  provenance: { source: 'a test', sha256: {}, precision },
  source: () => ({ model: new Uint8Array(0), weightsFolder: '.' }),
});

/** An engine that says that it computes in `precision`, or nothing of it. */
function runtimeIn(precision: Precision | undefined): Pick<ModelRuntime, 'load'> {
  return {
    load: async () => ({
      inputs: [],
      outputs: [],
      ranOn: { device: 'cpu', ...(precision && { precision }) },
      infer: () => Promise.reject(new Error('nothing is inferred')),
      profile: () => Promise.reject(new Error('nothing is inferred')),
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    }),
  };
}

describe('the tolerance of an encoder', () => {
  it.each([
    ['fp32', 'fp32', 1e-5],
    ['fp16', undefined, 1e-5],
    ['fp16', 'bf16', 0.01],
    ['fp32', 'fp16', 0.001],
    ['int8', 'fp16', 0.01],
  ] as const)('of a model in %s that is computed in %s is %d', async (stored, computed, tolerance) => {
    const encoder = await openEncoder(model(stored), runtimeIn(computed));
    expect(encoder.tolerance).toBe(tolerance);
  });

  it('is that of what was asked for, where the engine does not tell', async () => {
    const encoder = await openEncoder(model('int8'), runtimeIn(undefined), { precision: 'bf16' });
    expect(encoder.tolerance).toBe(0.01);
    const floats = await openEncoder(model('fp32'), runtimeIn(undefined), { precision: 'bf16' });
    expect(floats.tolerance).toBe(0.01);
  });
});
