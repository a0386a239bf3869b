import { mapOperations, type OpenApiDocument } from './openapi-document.ts';

/** A body that may be null may be left out, which `@fastify/swagger` says of none. */
export function optionalBodies(document: OpenApiDocument): OpenApiDocument {
  return mapOperations(document, (operation) => {
    const { requestBody } = operation;
    if (!requestBody || !Object.values(requestBody.content).every(({ schema }) => takesNull(schema)))
      return operation;
    return { ...operation, requestBody: { ...requestBody, required: false } };
  });
}

const takesNull = (schema: { readonly type?: unknown }) => [schema.type].flat().includes('null');
