import type { TensorInfo } from '@aiwork/core';
import type { Calls } from './calls.ts';
import { typeNumbered } from './element-types.ts';
import { dimensionsAt, type Handle, type NativePartialShape, type Slot } from './native.ts';

/** An input or output as the engine describes it. */
export interface Port {
  readonly name: string;
  /** `undefined` for a type that cannot be carried. */
  readonly type: TensorInfo['type'] | undefined;
  /** `undefined` where even the number of dimensions is open. */
  readonly shape: TensorInfo['shape'] | undefined;
}

/** The engine keeps no names of dimensions: one that may vary is `'?'`, or `'1..512'` where it has bounds. */
function dimensionName(min: number, max: number): number | string {
  if (min === max) return min;
  return max === -1 || max >= Number.MAX_SAFE_INTEGER ? '?' : `${min}..${max}`;
}

function shapeOf({ native, check }: Calls, port: Handle): Port['shape'] {
  const partial: Partial<NativePartialShape> = {};
  check(native.getPortShape(port, partial));
  if (partial.rank === undefined) return undefined;
  const whole: NativePartialShape = { rank: partial.rank, dims: partial.dims ?? null };
  try {
    const rank = Number(whole.rank.max);
    if (rank === -1 || Number(whole.rank.min) !== rank) return undefined;
    if (whole.dims === null) return [];
    return dimensionsAt(whole.dims, rank).map(({ min, max }) => dimensionName(Number(min), Number(max)));
  } finally {
    native.freePartialShape(whole);
  }
}

/** How the engine counts and gives the inputs or outputs of a model. */
export interface PortCalls {
  readonly count: (slot: Slot<number | bigint>) => number;
  readonly at: (index: number, slot: Slot<Handle>) => number;
}

/** All inputs, or all outputs, in the engine's order. */
export function portsOf(calls: Calls, what: 'input' | 'output', { count, at }: PortCalls): readonly Port[] {
  return Array.from({ length: Number(calls.got(count)) }, (_, index) =>
    describePort(
      calls,
      calls.got<Handle>((slot) => at(index, slot)),
      `${what}${index}`,
    ),
  );
}

/** Describes a port, and gives it back to the engine. */
function describePort(calls: Calls, port: Handle, fallbackName: string): Port {
  const { native, got } = calls;
  try {
    const name: [string | null] = [null];
    // A port that has no name is no error: it is called by its place.
    const named = native.getPortName(port, name) === 0 && name[0];
    return {
      name: named || fallbackName,
      type: typeNumbered(got<number>((slot) => native.getPortType(port, slot))),
      shape: shapeOf(calls, port),
    };
  } finally {
    native.freePort(port);
  }
}
