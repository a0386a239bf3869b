import type { ModelRuntime, ModelSource, Tensor } from '@aiwork/core';
import { Violation } from '../../engine/violation.ts';

/** How far apart two numbers may be. @since 0.1.0 */
export interface Tolerance {
  /** Their difference, whatever they are. With 0 here and there, they have to be the same to the last bit. */
  readonly absolute: number;
  /** Their difference as a part of the larger one, in addition. Default 0. */
  readonly relative?: number;
}

function isClose(one: number, other: number, { absolute, relative = 0 }: Tolerance): boolean {
  const allowed = absolute + relative * Math.max(Math.abs(one), Math.abs(other));
  return Object.is(one, other) || (allowed > 0 && Math.abs(one - other) <= allowed);
}

/** Where two tensors of the same type and shape are further apart than that, if anywhere. */
function firstDifference(one: Tensor, other: Tensor, tolerance: Tolerance): number {
  if (one.type === 'float32' || one.type === 'float64') {
    return one.data.findIndex((element, i) => !isClose(element, Number(other.data[i]), tolerance));
  }
  const elements: Iterable<unknown> = one.data;
  return Array.from(elements).findIndex((element, i) => element !== other.data[i]);
}

/**
 * Holds two tensors to be the same: type, shape, and elements, those of `float32` and `float64` as far as `tolerance` says.
 *
 * @throws an error that says what was expected, what was seen and where.
 * @example
 * ```ts
 * import { sameTensor } from '@aiwork/contract-tests';
 *
 * const one = { type: 'float32', shape: [1], data: Float32Array.of(1) } as const;
 * sameTensor({ ...one, data: Float32Array.of(1.001) }, one, { absolute: 0.01 }, 'the output');
 * ```
 * @since 0.1.0
 */
export function sameTensor(
  seen: Tensor | undefined,
  expected: Tensor,
  tolerance: Tolerance,
  what: string,
): void {
  const shown = ({ type, shape }: Tensor) => `${type} [${shape.join(', ')}]`;
  if (seen === undefined || shown(seen) !== shown(expected)) {
    throw new Violation(`${what} to be ${shown(expected)}`, seen ? shown(seen) : 'none');
  }
  if (seen.data.length !== expected.data.length) {
    throw new Violation(`${what} to have ${expected.data.length} elements`, `${seen.data.length}`);
  }
  const at = firstDifference(seen, expected, tolerance);
  if (at < 0) return;
  throw new Violation(`element ${at} of ${what} to be ${expected.data[at]}`, `${seen.data[at]}`);
}

/**
 * Holds two runtimes to come to the same outputs with one model, as far as `tolerance` says.
 *
 * @throws an error that names the output and the element that differ, with both values.
 * @example
 * ```ts no-run: needs two runtimes
 * import { agreesWith } from '@aiwork/contract-tests';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * await using other = createOnnxRuntime();
 * const x = { type: 'float32', shape: [1, 4], data: new Float32Array(4) } as const;
 * await agreesWith(runtime, other, { path: 'model.onnx' }, [{ x }], { absolute: 1e-5 });
 * ```
 * @since 0.1.0
 */
export async function agreesWith(
  runtime: ModelRuntime,
  other: ModelRuntime,
  source: ModelSource,
  batches: readonly Readonly<Record<string, Tensor>>[],
  tolerance: Tolerance,
): Promise<void> {
  await using one = await runtime.load(source);
  await using two = await other.load(source);
  for (const inputs of batches) {
    const [seen, expected] = await Promise.all([one.infer(inputs), two.infer(inputs)]);
    for (const [name, output] of Object.entries(expected)) {
      const what = `output "${name}" of ${runtime.engine.name}, as ${other.engine.name} has it,`;
      sameTensor(seen[name], output, tolerance, what);
    }
  }
}
