import { describe, expect, it } from 'vitest';
import type { ModelTensor } from '../model-tensor.ts';
import { quantizeLinear, quantizeRows } from './quantize-linear.ts';

/** The same numbers at every run, from -1 to 1, of which some are far out. */
function numbers(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const even = state / 2 ** 30 - 1;
    return even ** 3 * (state % 17 === 0 ? 4 : 1);
  });
}

const [inputs, outputs] = [32, 24];
const weight = numbers(inputs * outputs, 1);
const bias = numbers(outputs, 2);
const tokens = Array.from({ length: 400 }, (_, i) =>
  numbers(inputs, 3 + i).map((value, channel) => (value + 0.3) * (channel % 8 === 0 ? 20 : 1)),
);
const channels = (of: (values: readonly number[]) => number) =>
  Float32Array.from({ length: inputs }, (_, channel) => of(tokens.map((token) => token[channel] ?? 0)));
const range = {
  least: channels((values) => Math.min(...values)),
  greatest: channels((values) => Math.max(...values)),
  mean: channels((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  tokens: tokens.length,
};

const floats = ({ bytes }: ModelTensor) =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);

function quantized(smoothing: number) {
  const tensors = new Map(
    quantizeLinear('l', { weight, bias }, range, smoothing).map((tensor) => [tensor.name.slice(2), tensor]),
  );
  const get = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`there is no ${name}`);
    return tensor;
  };
  const weights = new Int8Array(get('weight').bytes);
  const [steps, smooth, biases] = [get('weight.scale'), get('input.smooth'), get('bias')].map(floats);
  const [step = 1] = floats(get('input.scale'));
  const [zero = 0] = get('input.zero').bytes;
  /** What an engine computes of it. */
  const apply = (token: Float32Array) =>
    Float32Array.from({ length: outputs }, (_, output) => {
      const products = token.map((value, input) => {
        const given = Math.round((value * (smooth?.[input] ?? 1)) / step) + zero;
        const whole = Math.min(255, Math.max(0, given)) - zero;
        return whole * step * (weights[input * outputs + output] ?? 0) * (steps?.[output] ?? 0);
      });
      return products.reduce((sum, product) => sum + product, biases?.[output] ?? 0);
    });
  return { weights, apply, biases: biases ?? bias };
}

const exact = (token: Float32Array) =>
  Float32Array.from({ length: outputs }, (_, output) =>
    token.reduce(
      (sum, value, input) => sum + value * (weight[input * outputs + output] ?? 0),
      bias[output] ?? 0,
    ),
  );

/** Mean square of what the quantized layer computes too much or too little. */
function error(smoothing: number): number {
  const { apply } = quantized(smoothing);
  const squares = tokens.flatMap((token) => {
    const wanted = exact(token);
    return [...apply(token)].map((value, i) => (value - (wanted[i] ?? NaN)) ** 2);
  });
  return squares.reduce((sum, square) => sum + square, 0) / squares.length;
}

describe('quantizeLinear', () => {
  it('computes nearly what the layer computed', () => {
    const wanted = tokens.flatMap((token) => [...exact(token)]);
    const power = wanted.reduce((sum, value) => sum + value ** 2, 0) / wanted.length;
    expect(error(0.6) / power).toBeLessThan(5e-4);
  });

  it('is better off for smoothing channels that differ much', () => {
    expect(error(0.6)).toBeLessThan(error(0) / 2);
  });

  it('never lets a pair of products overflow 16 bits, and uses what there is', () => {
    const { weights } = quantized(0.6);
    let most = 0;
    for (let input = 0; input < inputs; input += 2) {
      for (let output = 0; output < outputs; output += 1) {
        const one = weights[input * outputs + output] ?? 0;
        const other = weights[(input + 1) * outputs + output] ?? 0;
        if (one * other > 0) most = Math.max(most, Math.abs(one + other));
      }
    }
    expect(most * 255).toBeLessThan(2 ** 15);
    expect(most).toBeGreaterThan(100);
    expect(Math.max(...weights.map(Math.abs))).toBeGreaterThan(100);
  });

  it('takes off the bias what rounding the weights adds in the mean', () => {
    const { apply, biases } = quantized(0.6);
    const off = new Float32Array(outputs);
    for (const token of tokens) {
      const wanted = exact(token);
      for (const [i, value] of apply(token).entries()) off[i] = (off[i] ?? 0) + value - (wanted[i] ?? NaN);
    }
    const means = off.map((sum) => sum / tokens.length);
    const uncorrected = means.map((mean, i) => mean + (bias[i] ?? NaN) - (biases[i] ?? NaN));
    expect(Math.hypot(...means)).toBeLessThan(Math.hypot(...uncorrected) / 2);
  });

  it('quantizes a layer of zeros', () => {
    const nothing = { weight: new Float32Array(4), bias: new Float32Array(2) };
    const still = new Float32Array(2);
    const tensors = quantizeLinear(
      'l',
      nothing,
      { least: still, greatest: still, mean: still, tokens: 1 },
      0.5,
    );
    for (const tensor of tensors) {
      if (tensor.type === 'float32')
        expect([...floats(tensor)].every(Number.isFinite), tensor.name).toBe(true);
    }
  });
});

describe('quantizeRows', () => {
  it('keeps each row within half a step of its own', () => {
    const rows = Float32Array.of(1, -0.5, 100, 3, 0, 0);
    const [table, scale] = quantizeRows('t', [3, 2], rows);
    const back = [...new Int8Array(table?.bytes ?? [])].map(
      (value, i) => value * ((scale && floats(scale))?.[Math.floor(i / 2)] ?? NaN),
    );
    expect(back.map((value, i) => Math.abs(value - (rows[i] ?? NaN)) <= (i < 2 ? 0.5 : 50) / 127)).toEqual(
      Array(6).fill(true),
    );
  });
});
