import type { AnyUnit } from '@aiwork/core';
import { mapOperations, type OpenApiDocument } from './openapi-document.ts';
import { startSchemas } from './start-schemas.ts';

/** Operations that start units, by their ids. */
const starts = new Set(['execute', 'executeAsync']);

/** A document in which what starts units is described by the units' own schemas. */
export function describeUnits(document: OpenApiDocument, units: readonly AnyUnit[]): OpenApiDocument {
  const { body, components } = startSchemas(units);
  const requestBody = { required: true, content: { 'application/json': { schema: body } } };
  const described = mapOperations(document, (operation) =>
    starts.has(operation.operationId ?? '') ? { ...operation, requestBody } : operation,
  );
  const schemas = { ...described.components?.schemas, ...components };
  return { ...described, components: { ...described.components, schemas } };
}
