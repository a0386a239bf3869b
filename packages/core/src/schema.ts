import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { AiworkError } from './errors.ts';

/**
 * Any schema of a library that follows Standard Schema: Zod, Valibot, ArkType and others.
 *
 * @since 0.1.0
 */
// biome-ignore lint/suspicious/noExplicitAny: the default has to accept every schema
export type Schema<Input = any, Output = Input> = StandardSchemaV1<Input, Output>;

/**
 * A {@link Schema} that can also describe itself as JSON Schema, which a model or a page has to see.
 *
 * @since 0.1.0
 */
// biome-ignore lint/suspicious/noExplicitAny: the default has to accept every schema
export type WireSchema<Input = any, Output = Input> = StandardSchemaV1<Input, Output> &
  StandardJSONSchemaV1<Input, Output>;

/** A JSON Schema (draft 2020-12) as data. @since 0.1.0 */
export type JsonSchema = { readonly [key: string]: unknown };

/** What {@link validate} says about a value that was refused. @since 0.1.0 */
export interface ValidationFailure {
  readonly code: 'AIWORK_INVALID_INPUT' | 'AIWORK_INVALID_OUTPUT' | 'AIWORK_INVALID_ARGUMENT';
  /** Names the value in the message, as in `input of task "fetch"`. */
  readonly what: string;
}

/**
 * Checks `value` against `schema` and returns what the schema makes of it. Synchronous schemas are answered
 * synchronously.
 *
 * @throws {@link AiworkError} with `failure.code`, listing each issue with its path, in its message and as `issues`.
 * @example
 * ```ts
 * import { validate } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const failure = { code: 'AIWORK_INVALID_ARGUMENT', what: 'the options' } as const;
 * console.log(await validate(z.object({ port: z.coerce.number() }), { port: '80' }, failure)); // { port: 80 }
 * ```
 * @since 0.1.0
 */
export function validate<O>(
  schema: Schema<unknown, O>,
  value: unknown,
  failure: ValidationFailure,
): O | Promise<O> {
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then((r) => accept(r, failure)) : accept(result, failure);
}

function accept<O>(result: StandardSchemaV1.Result<O>, failure: ValidationFailure): O {
  if (!result.issues) return result.value;
  const issues = result.issues.map(({ path = [], message }) => ({
    path: path.map((part) => String(typeof part === 'object' ? part.key : part)),
    message,
  }));
  const lines = issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new AiworkError(failure.code, `${failure.what} is invalid: ${lines.join('; ')}`, { issues });
}

/**
 * The JSON Schema of a schema's input or output side, or `undefined` when its library offers none.
 *
 * @example
 * ```ts
 * import { jsonSchemaOf } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * console.log(jsonSchemaOf(z.string())?.['type']); // string
 * ```
 * @since 0.1.0
 */
export function jsonSchemaOf(schema: Schema, side: 'input' | 'output' = 'input'): JsonSchema | undefined {
  const standard = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>;
  if (!standard.jsonSchema) return undefined;
  try {
    return standard.jsonSchema[side]({ target: 'draft-2020-12' });
  } catch {
    // A schema may hold parts that have no JSON Schema, such as a transform.
    return undefined;
  }
}

/**
 * As {@link jsonSchemaOf}, for places that cannot do without.
 *
 * @throws `AIWORK_NO_JSON_SCHEMA` naming `what`.
 * @example
 * ```ts
 * import { requireJsonSchema } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * console.log(requireJsonSchema(z.object({ n: z.number() }), 'the form')['required']); // [ 'n' ]
 * ```
 * @since 0.1.0
 */
export function requireJsonSchema(
  schema: Schema,
  what: string,
  side: 'input' | 'output' = 'input',
): JsonSchema {
  const json = jsonSchemaOf(schema, side);
  if (json) return json;
  throw new AiworkError(
    'AIWORK_NO_JSON_SCHEMA',
    `the schema of ${what} (${schema['~standard'].vendor}) cannot be shown as JSON Schema: use a library that offers Standard JSON Schema, such as Zod 4.2 or newer, or wrap the schema (Valibot: toStandardJsonSchema)`,
  );
}
