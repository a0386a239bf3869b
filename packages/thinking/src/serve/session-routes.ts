import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sessionNotFound } from '../store/store-failure.ts';
import type { ThinkingSessions, ThinkingStore } from '../store/thinking-store.ts';
import { maxSessionLength } from '../task/think-input.ts';
import type { StartingAccess } from './starting-access.ts';

interface OfSession {
  readonly Params: { readonly session: string };
}

interface Listing {
  readonly Querystring: { readonly limit?: number; readonly cursor?: string };
}

const id = { type: 'string', minLength: 1, maxLength: maxSessionLength };
const params = { type: 'object', required: ['session'], properties: { session: id } };
const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    cursor: { type: 'string', description: 'Of the page before.' },
  },
};
const time = { type: 'number', description: 'Milliseconds since the Unix epoch.' };
const session = {
  type: 'object',
  required: ['id', 'title', 'createdAt', 'updatedAt'],
  properties: { id, title: { type: 'string' }, createdAt: time, updatedAt: time },
};
const thought = { type: 'object', required: ['id', 'question', 'answer'], additionalProperties: true };
const pageOf = (item: object) => ({
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: item }, cursor: { type: 'string' } },
});
const tags = ['executions'];

const listing = {
  operationId: 'listThinkingSessions',
  summary: 'List your sessions, the last one thought in first',
  tags,
  querystring,
  response: { 200: pageOf(session) },
};
const looking = {
  operationId: 'getThinkingSession',
  summary: 'Look at a session',
  tags,
  params,
  response: { 200: session },
};
const listingThoughts = {
  operationId: 'listThoughts',
  summary: 'List what was asked and thought in a session',
  tags,
  params,
  querystring,
  response: { 200: pageOf(thought) },
};
const forgetting = {
  operationId: 'deleteThinkingSession',
  summary: 'Forget a session, with what was thought in it',
  tags,
  params,
  response: { 204: { type: 'null' } },
};

/** What was asked and thought in the sessions of whoever asks. */
export function sessionRoutes(
  app: FastifyInstance,
  access: StartingAccess,
  unit: string,
  open: () => ThinkingStore | Promise<ThinkingStore>,
): void {
  async function sessionsFor(request: FastifyRequest, action: 'read' | 'control'): Promise<ThinkingSessions> {
    access.require(request, unit, action);
    const store = await open();
    const owner = access.owner(request);
    return owner === undefined ? store : store.of(owner);
  }

  app.get<Listing>('/think/sessions', { schema: listing }, async (request) =>
    (await sessionsFor(request, 'read')).sessions(request.query),
  );
  app.get<OfSession>('/think/sessions/:session', { schema: looking }, async (request) => {
    const found = await (await sessionsFor(request, 'read')).session(request.params.session);
    if (!found) throw sessionNotFound(request.params.session);
    return found;
  });
  app.get<OfSession & Listing>(
    '/think/sessions/:session/thoughts',
    { schema: listingThoughts },
    async (request) => {
      const sessions = await sessionsFor(request, 'read');
      const { session: of } = request.params;
      if (!(await sessions.session(of))) throw sessionNotFound(of);
      return sessions.thoughts(of, request.query);
    },
  );
  app.delete<OfSession>('/think/sessions/:session', { schema: forgetting }, async (request, reply) => {
    const { session: of } = request.params;
    if (!(await (await sessionsFor(request, 'control')).deleteSession(of))) throw sessionNotFound(of);
    return reply.code(204).send();
  });
}
