import type { FastifyInstance } from 'fastify';
import { similaritiesTo } from '../engine/similarities.ts';
import { described, model, text, texts, tokens, truncated } from './request-schemas.ts';
import { modelFor, type ServiceContext } from './service-context.ts';

interface SimilarityRequest {
  readonly Body: { readonly model?: string; readonly query: string; readonly texts: readonly string[] };
}

/** `POST /similarity`. */
export function similarityRoute(app: FastifyInstance, context: ServiceContext): void {
  app.post<SimilarityRequest>(
    '/similarity',
    {
      schema: described({
        operationId: 'similarity',
        summary: 'Say how alike texts are to a query',
        description:
          'Cosines: 1 where a text says the same, about 0 where it has nothing to do with the query.',
        tags: ['embeddings'],
        body: {
          type: 'object',
          required: ['query', 'texts'],
          additionalProperties: false,
          properties: { model, query: text, texts },
        },
        response: {
          200: {
            type: 'object',
            required: ['model', 'similarities', 'tokens', 'truncated', 'isQueryTruncated'],
            properties: {
              model: text,
              similarities: { type: 'array', items: { type: 'number' } },
              tokens,
              truncated,
              isQueryTruncated: { type: 'boolean' },
            },
          },
        },
      }),
    },
    async (request, reply) => {
      const { model: name, query, texts: given } = request.body;
      const found = modelFor(context, request, reply, name);
      return { model: found.name, ...(await similaritiesTo(query, given, found.embed)) };
    },
  );
}
