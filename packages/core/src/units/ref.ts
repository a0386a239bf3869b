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

/** A step of whatever output. @since 0.1.0 */
export interface AnyStep {
  readonly id: string;
  readonly $: unknown;
  readonly [output]?: unknown;
}

/**
 * A place in a step's output, stored in the graph as data.
 *
 * @since 0.1.0
 */
export type Ref<T> = { readonly '~ref'?: [T] } & (0 extends 1 & T
  ? AnyPlace
  : [T] extends [object]
    ? { readonly [K in keyof T]-?: Ref<T[K]> }
    : [NonNullable<T>] extends [object]
      ? PlacesThatMayLack<NonNullable<T>>
      : unknown);

/** Within what may be missing, as the output of a step that may be skipped, every place may be. */
type PlacesThatMayLack<T> = { readonly [K in keyof T]-?: Ref<T[K] | undefined> };

// biome-ignore lint/suspicious/noExplicitAny: in the output of an untyped unit, every place may be there
type AnyPlace = { readonly [key: string]: any };

/** A value of type `T` in which any part may be a {@link Ref} instead. @since 0.1.0 */
export type Bind<T> =
  | T
  | Ref<T>
  | (T extends readonly (infer E)[]
      ? readonly Bind<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Bind<T[K]> }
        : never);

/** {@link Bind}, but of `any` not `any` itself, beside which a function would lose the types of its parameters. */
export type BindTyped<T> = 0 extends 1 & T ? string | number | boolean | null | object : Bind<T>;

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
      // `then` and `toJSON` are places like any other: JavaScript looks them up, but only uses them if they are functions.
      if (typeof key === 'symbol') return undefined;
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
export function toBinding(
  value: unknown,
  what: string,
  check: (place: Place) => void,
  around: readonly unknown[] = [],
): Binding {
  const place = placeOf(value);
  if (place) {
    check(place);
    return { ref: { step: place.step, path: place.path } };
  }
  if (typeof value !== 'object' || value === null) return { value: toScalar(value, what) };
  if (around.includes(value)) refuse(what, 'holds itself');
  const inside = [...around, value];
  if (Array.isArray(value)) {
    const list = Array.from(value, (item, i) => toBinding(item, `${what}[${i}]`, check, inside));
    return list.every(isConstant) ? { value: list.map((item) => item.value) } : { list };
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    refuse(what, `is a ${prototype.constructor?.name ?? 'special object'}`);
  const fields: [string, Binding][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) fields.push([key, toBinding(item, `${what}.${key}`, check, inside)]);
  }
  // Unlike an assignment, fromEntries keeps a key called `__proto__`.
  return fields.every((field): field is [string, Constant] => isConstant(field[1]))
    ? { value: Object.fromEntries(fields.map(([key, { value }]) => [key, value])) }
    : { fields: Object.fromEntries(fields) };
}

/**
 * A copy of `value`, which has to be plain JSON data; absent and `undefined` fields are the same.
 *
 * @throws `AIWORK_INVALID_FLOW` when it is not.
 */
export function toConstant<T>(value: T, what: string): T {
  const binding = toBinding(value, what, () => refuse(what, 'is a ref ($)'));
  return (binding as Constant).value as T;
}

function toScalar(value: unknown, what: string): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'number') refuse(what, `is a ${typeof value}`);
  if (!Number.isFinite(value)) refuse(what, `is ${value}`);
  // JSON has no negative zero.
  return value === 0 ? 0 : value;
}

type Constant = Extract<Binding, { readonly value: unknown }>;
const isConstant = (binding: Binding): binding is Constant => 'value' in binding;

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
