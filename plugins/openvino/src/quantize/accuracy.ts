import type { LoadedModel, Tensor } from '@aiwork/core';
import { type CalibrationSample, tensorsOf } from './calibration.ts';

/** What a model loses by being made smaller. @since 0.1.0 */
export interface AccuracyDrop {
  /**
   * How far the outputs of all checked samples are from the original's, as a part of their length: `|a - b| / |a|`, of the
   * output that loses most. Of outputs that are no floats, the share of elements that differ.
   */
  readonly drop: number;
  /** The same of the sample that loses most. */
  readonly worstDrop: number;
}

interface Sums {
  difference: number;
  length: number;
}

const isFloat = ({ type }: Tensor): boolean => type === 'float32' || type === 'float64';

function sumsOf(original: Tensor, smaller: Tensor | undefined): Sums {
  if (smaller === undefined || smaller.data.length !== original.data.length)
    return { difference: 1, length: 1 };
  const sums = { difference: 0, length: 0 };
  const squared = isFloat(original);
  original.data.forEach((element, index) => {
    const a = Number(element);
    const b = Number(smaller.data[index]);
    sums.difference += squared ? (a - b) ** 2 : Number(element !== smaller.data[index]);
    sums.length += squared ? a ** 2 : 1;
  });
  return sums;
}

function dropOf({ difference, length }: Sums, floats: boolean): number {
  if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  if (difference === 0) return 0;
  if (length === 0) return Number.POSITIVE_INFINITY;
  return floats ? Math.sqrt(difference / length) : difference / length;
}

/** Infers from the same samples on both, and compares what comes out. */
export async function accuracyDrop(
  original: LoadedModel,
  smaller: LoadedModel,
  samples: readonly CalibrationSample[],
  told: (done: number) => void,
): Promise<AccuracyDrop> {
  const totals = new Map<string, Sums & { readonly floats: boolean }>();
  let worstDrop = 0;
  for (const [index, sample] of samples.entries()) {
    const [expected, seen] = await Promise.all([
      original.infer(tensorsOf(sample, original)),
      smaller.infer(tensorsOf(sample, smaller)),
    ]);
    for (const [name, tensor] of Object.entries(expected)) {
      const floats = isFloat(tensor);
      const sums = sumsOf(tensor, seen[name]);
      const total = totals.get(name) ?? { difference: 0, length: 0, floats };
      total.difference += sums.difference;
      total.length += sums.length;
      totals.set(name, total);
      worstDrop = Math.max(worstDrop, dropOf(sums, floats));
    }
    told(index + 1);
  }
  return {
    drop: Math.max(0, ...[...totals.values()].map((total) => dropOf(total, total.floats))),
    worstDrop,
  };
}
