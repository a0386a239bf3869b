import type { ServedUnit } from '@aiwork/client';
import { AiworkError, type AnyFlow, type AnyUnit, type UnitKind } from '@aiwork/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { inputJsonSchemaOf } from '../served-units.ts';
import type { RouteContext } from './context.ts';

const unitSchema = {
  $id: 'Unit',
  type: 'object',
  required: ['id', 'kind', 'version', 'tags'],
  properties: {
    id: { type: 'string' },
    kind: { type: 'string', enum: ['flow', 'task', 'tool', 'agent'] },
    version: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    description: { type: 'string' },
    input: { type: 'object', additionalProperties: true, description: 'JSON Schema of what it takes.' },
  },
} as const;

/** What is served, by kind. */
export function unitRoutes(app: FastifyInstance, { units, accessOf }: RouteContext): void {
  app.addSchema(unitSchema);
  const described = new WeakMap<AnyUnit, ServedUnit>();
  // Once for each: to make a schema into JSON takes long.
  const describeOnce = (unit: AnyUnit) => {
    const known = described.get(unit) ?? describe(unit);
    described.set(unit, known);
    return known;
  };
  const list = (path: string, kind: UnitKind, operationId: string, summary: string) =>
    app.get(
      path,
      {
        schema: {
          operationId,
          summary,
          tags: ['units'],
          response: {
            200: {
              type: 'object',
              required: ['items'],
              properties: { items: { type: 'array', items: { $ref: 'Unit#' } } },
            },
          },
        },
      },
      async (request) => ({
        items: units
          .visibleTo(accessOf(request))
          .filter((unit) => unit.kind === kind)
          .map(describeOnce),
      }),
    );
  list('/flows', 'flow', 'listFlows', 'List the flows');
  list('/tasks', 'task', 'listTasks', 'List the tasks');
  list('/tools', 'tool', 'listTools', 'List the tools');
  list('/agents', 'agent', 'listAgents', 'List the agents');

  app.get(
    '/flows/:flow_id/graph',
    {
      schema: {
        operationId: 'getFlowGraph',
        summary: 'A flow as data, such as `aiwork graph` draws',
        tags: ['units'],
        params: {
          type: 'object',
          required: ['flow_id'],
          properties: { flow_id: { type: 'string', minLength: 1, maxLength: 250 } },
        },
        response: { 200: { type: 'object', additionalProperties: true } },
      },
    },
    async (request: FastifyRequest<{ Params: { readonly flow_id: string } }>) => {
      const unit = units.requireFor(accessOf(request), request.params.flow_id);
      if (isFlow(unit)) return unit.toGraph();
      throw new AiworkError(
        'AIWORK_FLOW_NOT_REGISTERED',
        `"${unit.id}" is a ${unit.kind}: only flows have graphs`,
      );
    },
  );
}

const isFlow = (unit: AnyUnit): unit is AnyFlow => unit.kind === 'flow';

function describe(unit: AnyUnit): ServedUnit {
  const { id, kind, version, tags } = unit;
  const input = inputJsonSchemaOf(unit);
  const description =
    'description' in unit && typeof unit.description === 'string' ? unit.description : undefined;
  return { id, kind, version, tags, ...(description && { description }), ...(input && { input }) };
}
