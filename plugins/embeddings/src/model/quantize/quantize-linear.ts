import { type ModelTensor, modelTensor } from '../model-tensor.ts';
import type { InputRange } from './input-ranges.ts';

/** Steps of weights to either side of 0. */
const weightSteps = 127;

/**
 * Most that two weights which lie one below the other have together. Without VNNI, x86 adds their products in 16 bits: with
 * inputs of up to 255, 128 is what fits. Each of the two may still be rounded up.
 */
const pairSteps = 127.5;

const inputSteps = 255;

/** A linear layer in floats: a row of weights for each input, of which each has one for each output. */
export interface FloatLinear {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Quantizes a linear layer: weights in steps of each output channel, inputs in steps of all of them.
 *
 * Channels of the input differ by far more than weights do, so each is first divided by a power of its range, and its
 * weights multiplied by the same: the input becomes easier to quantize, and the weights harder, as SmoothQuant has it.
 * What rounding the weights adds to the mean of each output is taken off its bias.
 *
 * @param smoothing - How much of the difference goes over to the weights, of 0 to 1.
 */
export function quantizeLinear(
  name: string,
  { weight, bias }: FloatLinear,
  range: InputRange,
  smoothing: number,
): readonly ModelTensor[] {
  const [inputs, outputs] = [range.mean.length, bias.length];
  const factors = smoothingFactors(weight, outputs, range, smoothing);
  const smoothed = weight.map((value, i) => value * (factors[Math.floor(i / outputs)] ?? 1));
  const steps = weightStepsOf(smoothed, outputs);
  const quantized = Int8Array.from(smoothed, (value, i) => Math.round(value / (steps[i % outputs] ?? 1)));
  const means = range.mean.map((mean, i) => mean / (factors[i] ?? 1));

  const greatest = range.greatest.reduce((most, value, i) => Math.max(most, value / (factors[i] ?? 1)), 0);
  const least = range.least.reduce((most, value, i) => Math.min(most, value / (factors[i] ?? 1)), 0);
  const step = (greatest - least) / inputSteps || 1;
  return [
    modelTensor(`${name}.weight`, [inputs, outputs], quantized),
    modelTensor(`${name}.weight.scale`, [outputs], steps),
    modelTensor(`${name}.bias`, [outputs], correctedBias(bias, smoothed, quantized, steps, means)),
    modelTensor(
      `${name}.input.smooth`,
      [inputs],
      factors.map((factor) => 1 / factor),
    ),
    modelTensor(`${name}.input.scale`, [], Float32Array.of(step)),
    modelTensor(`${name}.input.zero`, [], Uint8Array.of(Math.round(-least / step))),
  ];
}

/** The bias that makes up for what rounding the weights changes in the mean of each output. */
function correctedBias(
  bias: Float32Array,
  weight: Float32Array,
  quantized: Int8Array,
  steps: Float32Array,
  means: Float32Array,
): Float32Array {
  const outputs = bias.length;
  const corrected = bias.slice();
  for (let i = 0; i < weight.length; i += 1) {
    const output = i % outputs;
    const lost = (weight[i] ?? 0) - (quantized[i] ?? 0) * (steps[output] ?? 0);
    corrected[output] = (corrected[output] ?? 0) + lost * (means[Math.floor(i / outputs)] ?? 0);
  }
  return corrected;
}

/** What each channel of the input is divided by; their geometric mean is 1. */
function smoothingFactors(
  weights: Float32Array,
  outputs: number,
  { least, greatest }: InputRange,
  smoothing: number,
): Float32Array {
  const logs = greatest.map((high, channel) => {
    const input = Math.max(Math.abs(high), Math.abs(least[channel] ?? 0), 1e-6);
    const row = weights.subarray(channel * outputs, (channel + 1) * outputs);
    const weight = Math.max(peakOf(row), 1e-8);
    return smoothing * Math.log(input) - (1 - smoothing) * Math.log(weight);
  });
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return logs.map((log) => Math.exp(log - mean));
}

function peakOf(values: Float32Array): number {
  return values.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
}

/** The step of each output: as small as its largest weight allows, and its largest pair of weights. */
function weightStepsOf(weights: Float32Array, outputs: number): Float32Array {
  const steps = new Float32Array(outputs);
  for (let i = 0; i < weights.length; i += 1) {
    const output = i % outputs;
    const weight = weights[i] ?? 0;
    const isFirst = Math.floor(i / outputs) % 2 === 0;
    const below = isFirst ? (weights[i + outputs] ?? 0) : 0;
    const pair = weight * below > 0 ? Math.abs(weight + below) : 0;
    const step = Math.max(Math.abs(weight) / weightSteps, pair / pairSteps);
    steps[output] = Math.max(steps[output] ?? 0, step);
  }
  return steps.map((step) => step || 1);
}

/** Quantizes a table of vectors, each row in steps of its own. No row is ever summed up, so all bits can be used. */
export function quantizeRows(
  name: string,
  shape: readonly number[],
  floats: Float32Array,
): readonly ModelTensor[] {
  const [rows = 0, width = 0] = shape;
  const steps = Float32Array.from({ length: rows }, (_, row) => {
    return peakOf(floats.subarray(row * width, (row + 1) * width)) / 127 || 1;
  });
  const quantized = Int8Array.from(floats, (value, i) =>
    Math.round(value / (steps[Math.floor(i / width)] ?? 1)),
  );
  return [modelTensor(name, shape, quantized), modelTensor(`${name}.scale`, [rows, 1], steps)];
}
