import { AiworkError } from '../errors.ts';
import type { Binding } from '../flow-graph.ts';

declare const output: unique symbol;

/**
 * A handle on a step of a flow that is being defined: what other steps need, not a result.
 *
 * @since 0.1.0
 */
export interface Step<Output> {
  readonly id: string;
  /** The step's output to be: `doc.$.text` stands for the field `text` of what `doc` will give. */
  readonly $: Ref<Output>;
  readonly [output]?: Output;
}

/**
 * A place in a step's output, stored in the graph as data.
 *
 * @since 0.1.0
 */
export type Ref<T> = { readonly '~ref'?: [T] } & (T extends object
  ? { readonly [K in keyof T]-?: Ref<T[K]> }
  : unknown);

/** A value of type `T` in which any part may be a {@link Ref} instead. @since 0.1.0 */
export type Bind<T> =
  | T
  | Ref<T>
  | (T extends readonly (infer E)[]
      ? readonly Bind<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Bind<T[K]> }
        : never);

type Place = { readonly step: string; readonly path: readonly string[]; readonly handle: object };

const places = new WeakMap<object, Place>();

/** Makes the `$` of a step handle. */
export function refTo(step: string, handle: object, path: readonly string[] = []): Ref<unknown> {
  const where = () => `${step}.$${path.map((part) => `.${part}`).join('')}`;
  const ref: object = new Proxy(Object.freeze({}), {
    get(_, key) {
      if (key === Symbol.toPrimitive) {
        return () => {
          throw new AiworkError(
            'AIWORK_INVALID_FLOW',
            `${where()} is used as a value while the flow is being defined: it is known only in a run; pass it as input of f.call, or name the step in needs and use its output in run`,
          );
        };
      }
      // Looked up by JavaScript itself when a value is awaited or written as JSON.
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      return refTo(step, handle, [...path, key]);
    },
  });
  places.set(ref, { step, path, handle });
  return ref as Ref<unknown>;
}

/** Where `value` points, if it is a ref. */
export function placeOf(value: unknown): Place | undefined {
  return typeof value === 'object' && value !== null ? places.get(value) : undefined;
}

/**
 * The data form of an input value with refs in it. `check` sees the handle each ref comes from.
 *
 * @throws `AIWORK_INVALID_FLOW` when a constant in it is not plain JSON data.
 */
export function toBinding(value: unknown, what: string, check: (place: Place) => void): Binding {
  const place = placeOf(value);
  if (place) {
    check(place);
    return { ref: { step: place.step, path: place.path } };
  }
  if (Array.isArray(value)) {
    const list = value.map((item, i) => toBinding(item, `${what}[${i}]`, check));
    return list.every(isConstant) ? { value: structuredClone(value) } : { list };
  }
  if (typeof value === 'object' && value !== null) {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      refuse(what, `is a ${prototype.constructor?.name ?? 'special object'}`);
    const fields: Record<string, Binding> = {};
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      Object.defineProperty(fields, key, {
        value: toBinding(item, `${what}.${key}`, check),
        enumerable: true,
      });
    }
    return Object.values(fields).every(isConstant) ? { value: structuredClone(value) } : { fields };
  }
  if (value === undefined) return { value: null };
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(what, `is ${value}`);
  if (
    typeof value !== 'string' &&
    typeof value !== 'number' &&
    typeof value !== 'boolean' &&
    value !== null
  ) {
    refuse(what, `is a ${typeof value}`);
  }
  return { value };
}

const isConstant = (binding: Binding) => 'value' in binding;

function refuse(what: string, problem: string): never {
  throw new AiworkError(
    'AIWORK_INVALID_FLOW',
    `${what} ${problem}: constants in a flow are JSON data; make it in a step, and pass that step's $ (or part of it)`,
  );
}

/** The value of a binding, given the outputs of steps. */
export function resolveBinding(binding: Binding, outputOf: (step: string) => unknown): unknown {
  if ('value' in binding) return binding.value;
  if ('list' in binding) return binding.list.map((item) => resolveBinding(item, outputOf));
  if ('fields' in binding) {
    const object: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(binding.fields)) {
      const value = resolveBinding(field, outputOf);
      if (key === '__proto__')
        Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
      else object[key] = value;
    }
    return object;
  }
  let value = outputOf(binding.ref.step);
  for (const key of binding.ref.path) {
    if (value === undefined || value === null) return undefined;
    // Only what the output itself holds: a path never reaches `constructor` and the like.
    value = Object.hasOwn(Object(value), key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

/** Ids of the steps a binding refers to. */
export function stepsIn(binding: Binding): readonly string[] {
  if ('ref' in binding) return [binding.ref.step];
  if ('list' in binding) return binding.list.flatMap(stepsIn);
  if ('fields' in binding) return Object.values(binding.fields).flatMap(stepsIn);
  return [];
}
