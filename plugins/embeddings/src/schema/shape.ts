/**
 * The part of JSON Schema that is needed here before a first vector: a library for all of it takes as long to load as a
 * model does.
 */
export type Shape =
  | TextShape
  | NumberShape
  | { readonly type: 'boolean' }
  | ListShape
  | RecordShape
  | ObjectShape;

type Described = { readonly description?: string };

type TextShape = Described & { readonly type: 'string'; readonly enum?: readonly string[] };

type NumberShape = Described & {
  readonly type: 'number' | 'integer';
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
};

type ListShape = Described & { readonly type: 'array'; readonly items: Shape; readonly maxItems?: number };

/** Values under any names. */
type RecordShape = Described & { readonly type: 'object'; readonly additionalProperties: Shape };

type ObjectShape = Described & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
};

/** What has a shape. */
export type Shaped<S> = S extends { readonly enum: readonly (infer Choice)[] }
  ? Choice
  : S extends { readonly items: infer Item }
    ? readonly Shaped<Item>[]
    : S extends { readonly additionalProperties: infer Value }
      ? Readonly<Record<string, Shaped<Value>>>
      : S extends { readonly properties: infer Parts; readonly required: readonly (infer Name)[] }
        ? { readonly [K in keyof Parts as K extends Name ? K : never]: Shaped<Parts[K]> } & {
            readonly [K in keyof Parts as K extends Name ? never : K]?: Shaped<Parts[K]>;
          }
        : S extends { readonly type: infer Type }
          ? Scalar<Type>
          : never;

type Scalar<Type> = Type extends 'string' ? string : Type extends 'boolean' ? boolean : number;

/** What is wrong with a value, and where in it. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Place = (string | number)[];

/** All that keeps a value from having a shape. */
export function misfits(shape: Shape, value: unknown): readonly Misfit[] {
  const found: Misfit[] = [];
  look(shape, value, [], found);
  return found;
}

/** Whether a value has a shape. */
export const hasShape = <const S>(shape: S & Shape, value: unknown): value is Shaped<S> =>
  misfits(shape, value).length === 0;

// The place is one list for all: a vector has hundreds of numbers, and none of them is wrong.
function look(shape: Shape, value: unknown, place: Place, found: Misfit[]): void {
  const within = (key: string | number, inner: Shape, part: unknown): void => {
    place.push(key);
    look(inner, part, place, found);
    place.pop();
  };
  const message = wrongWith(shape, value);
  if (message !== undefined) found.push({ path: [...place], message });
  else if (shape.type === 'array' && Array.isArray(value)) {
    for (const [i, item] of value.entries()) within(i, shape.items, item);
  } else if ('additionalProperties' in shape && isObject(value)) {
    for (const [key, part] of Object.entries(value)) within(key, shape.additionalProperties, part);
  } else if ('properties' in shape && isObject(value)) {
    for (const [key, inner] of Object.entries(shape.properties)) {
      const part = Object.hasOwn(value, key) ? value[key] : undefined;
      if (part !== undefined || shape.required.includes(key)) within(key, inner, part);
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a value itself, whatever its parts are. */
function wrongWith(shape: Shape, value: unknown): string | undefined {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') return 'has to be a string';
      return shape.enum?.includes(value) === false ? `has to be one of ${shape.enum.join(', ')}` : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'has to be true or false';
    case 'array':
      if (!Array.isArray(value)) return 'has to be a list';
      return value.length > (shape.maxItems ?? Infinity)
        ? `has ${value.length} items, and may have ${shape.maxItems}`
        : undefined;
    case 'object':
      return isObject(value) ? undefined : 'has to be an object';
    default:
      return wrongWithNumber(shape, value);
  }
}

function wrongWithNumber(
  { type, minimum = -Infinity, exclusiveMinimum = -Infinity }: NumberShape,
  value: unknown,
): string | undefined {
  if (type === 'integer' && !Number.isSafeInteger(value)) return 'has to be a whole number';
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'has to be a number';
  if (value < minimum) return `is ${value}, and has to be at least ${minimum}`;
  return value <= exclusiveMinimum ? `is ${value}, and has to be more than ${exclusiveMinimum}` : undefined;
}
