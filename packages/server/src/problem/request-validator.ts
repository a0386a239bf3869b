import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifySchemaCompiler } from 'fastify';

/**
 * Refuses what a route does not know instead of dropping it. Only what comes in a URL or header, where all is text, is read
 * as a number where one is asked for. One problem is said, not all: a body can hold thousands.
 */
export function requestValidator(): FastifySchemaCompiler<object> {
  const ofBody = new Ajv2020({ strict: false });
  const ofText = new Ajv2020({ strict: false, coerceTypes: true });
  return ({ schema, httpPart }) => (httpPart === 'body' ? ofBody : ofText).compile(schema);
}
