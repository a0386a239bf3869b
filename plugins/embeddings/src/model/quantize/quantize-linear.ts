import { type ModelTensor, modelTensor } from '../model-tensor.ts';
import type { InputRange } from './input-ranges.ts';

/**
 * Weights use 7 of 8 bits: without VNNI, x86 adds two products in 16 bits, which products with all 8 would overflow.
 */
const weightSteps = 63;
const inputSteps = 255;

/**
 * Quantizes a linear layer: weights in steps of each output channel, inputs in steps of all of them.
 *
 * Channels of the input differ by far more than weights do, so each is first divided by a power of its range, and its
 * weights multiplied by the same: the input becomes easier to quantize, and the weights harder, as SmoothQuant has it.
 *
 * @param smoothing - How much of the difference goes over to the weights, of 0 to 1.
 */
export function quantizeLinear(
  name: string,
  weight: { readonly shape: readonly number[]; readonly floats: Float32Array },
  range: InputRange,
  smoothing: number,
): readonly ModelTensor[] {
  const [inputs = 0, outputs = 0] = weight.shape;
  const factors = smoothingFactors(weight.floats, outputs, range, smoothing);
  const smoothed = weight.floats.map((value, i) => value * (factors[Math.floor(i / outputs)] ?? 1));
  const steps = columnPeaks(smoothed, outputs).map((peak) => peak / weightSteps || 1);
  const quantized = Int8Array.from(smoothed, (value, i) => Math.round(value / (steps[i % outputs] ?? 1)));

  const greatest = range.greatest.reduce((most, value, i) => Math.max(most, value / (factors[i] ?? 1)), 0);
  const least = range.least.reduce((most, value, i) => Math.min(most, value / (factors[i] ?? 1)), 0);
  const step = (greatest - least) / inputSteps || 1;
  return [
    modelTensor(`${name}.weight`, [inputs, outputs], quantized),
    modelTensor(`${name}.weight.scale`, [outputs], steps),
    modelTensor(
      `${name}.input.smooth`,
      [inputs],
      factors.map((factor) => 1 / factor),
    ),
    modelTensor(`${name}.input.scale`, [], Float32Array.of(step)),
    modelTensor(`${name}.input.zero`, [], Uint8Array.of(Math.round(-least / step))),
  ];
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

function columnPeaks(values: Float32Array, columns: number): Float32Array {
  const peaks = new Float32Array(columns);
  for (const [i, value] of values.entries()) {
    const column = i % columns;
    peaks[column] = Math.max(peaks[column] ?? 0, Math.abs(value));
  }
  return peaks;
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
