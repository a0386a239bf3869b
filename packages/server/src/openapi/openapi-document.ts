/** As much of a document of OpenAPI as is looked at. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: object };
}

export interface Operation {
  readonly operationId?: string;
  readonly requestBody?: RequestBody;
}

interface RequestBody {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}

/** A document with other operations in the place of its own. */
export function mapOperations(
  document: OpenApiDocument,
  change: (operation: Operation) => Operation,
): OpenApiDocument {
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(Object.entries(operations).map(([method, each]) => [method, change(each)])),
  ]);
  return { ...document, paths: Object.fromEntries(paths) };
}
