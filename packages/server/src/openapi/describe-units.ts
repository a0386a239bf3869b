import type { AnyUnit } from '@aiwork/core';
import { startSchemas } from './start-schemas.ts';

/** As much of a document as is looked at. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: object };
}

interface Operation {
  readonly operationId?: string;
}

/** Operations that start units, by their ids. */
const starts = new Set(['execute', 'executeAsync']);

/** A document in which what starts units is described by the units' own schemas. */
export function describeUnits(document: OpenApiDocument, units: readonly AnyUnit[]): OpenApiDocument {
  const { body, components } = startSchemas(units);
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        starts.has(operation.operationId ?? '') ? { ...operation, requestBody: bodyOf(body) } : operation,
      ]),
    ),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: { ...document.components, schemas: { ...document.components?.schemas, ...components } },
  };
}

const bodyOf = (schema: object) => ({ required: true, content: { 'application/json': { schema } } });
