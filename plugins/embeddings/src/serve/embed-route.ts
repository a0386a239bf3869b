import type { EmbeddingKind, EmbedOptions } from '@aiwork/core';
import type { FastifyInstance } from 'fastify';
import { described, model, overlong, text, texts, tokens, truncated } from './request-schemas.ts';
import { modelFor, type ServiceContext } from './service-context.ts';
import { arrowType, jsonType, rawType, toWire, wantedType } from './wire-format.ts';

interface EmbedRequest {
  readonly Body: {
    readonly model?: string;
    readonly texts: readonly string[];
    readonly kind?: EmbeddingKind;
    readonly overlong?: NonNullable<EmbedOptions['overlong']>;
  };
}

const binary = { schema: { type: 'string', format: 'binary' } } as const;

const answer = {
  description:
    'Vectors in the order of the texts: as JSON; as a stream of Arrow with one column `vector` of fixed-size lists; or as little-endian numbers of 32 bits, one vector after the other. What JSON says beside the vectors, `x-embedding-…` says of the others.',
  content: {
    [jsonType]: {
      schema: {
        type: 'object',
        required: ['model', 'dimensions', 'tokens', 'truncated', 'vectors'],
        properties: {
          model: text,
          dimensions: { type: 'integer' },
          tokens,
          truncated,
          vectors: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
        },
      },
    },
    [arrowType]: binary,
    [rawType]: binary,
  },
} as const;

/** `POST /embed`. */
export function embedRoute(app: FastifyInstance, context: ServiceContext): void {
  app.post<EmbedRequest>(
    '/embed',
    {
      schema: described({
        operationId: 'embed',
        summary: 'Turn texts into vectors',
        tags: ['embeddings'],
        body: {
          type: 'object',
          required: ['texts'],
          additionalProperties: false,
          properties: {
            model,
            texts,
            kind: {
              type: 'string',
              enum: ['query', 'document'],
              description:
                'It matters to models that embed what is searched for in another way. Default `document`.',
            },
            overlong,
          },
        },
        response: { 200: answer },
      }),
    },
    async (request, reply) => {
      const type = wantedType(request.headers.accept);
      const { model: name, texts: given, kind, overlong: rule } = request.body;
      const { embedder, embed, ...found } = modelFor(context, request, reply, name);
      const made = await embed(given, { ...(kind && { kind }), ...(rule && { overlong: rule }) });
      const { dimensions } = embedder.capabilities;
      const { contentType, headers, body } = await toWire(type, { ...made, model: found.name, dimensions });
      return reply.headers(headers).type(contentType).send(body);
    },
  );
}
