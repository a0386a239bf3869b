import type { FastifyInstance } from 'fastify';
import { described, text } from './request-schemas.ts';
import { rowsOfJson } from './rows-of-json.ts';
import { modelFor, type ServiceContext } from './service-context.ts';
import { toRaw } from './wire-format.ts';

interface OpenAIRequest {
  readonly Body: {
    readonly model: string;
    readonly input: string | readonly string[];
    readonly encoding_format?: 'float' | 'base64';
    readonly dimensions?: number;
    readonly user?: string;
  };
}

const refusal = {
  description: 'Why it was refused.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['message', 'type'],
            properties: {
              message: text,
              type: text,
              param: { type: 'null' },
              code: { type: ['string', 'null'] },
            },
          },
        },
      },
    },
  },
} as const;

const list = (items: object) => ({
  type: 'object',
  required: ['object', 'data'],
  properties: { object: { const: 'list' }, data: { type: 'array', items } },
});

const embedding = {
  type: 'object',
  required: ['object', 'index', 'embedding'],
  properties: {
    object: { const: 'embedding' },
    index: { type: 'integer' },
    embedding: {
      oneOf: [
        { type: 'array', items: { type: 'number' } },
        { type: 'string', description: 'Base64 of little-endian numbers of 32 bits.' },
      ],
    },
  },
} as const;

/** What a problem of the server is in the form of OpenAI. */
function toOpenAIError(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  const { status, detail, code = null } = JSON.parse(payload);
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return JSON.stringify({ error: { message: detail, type, param: null, code } });
}

/** `POST /v1/embeddings` and `GET /v1/models`, as clients of OpenAI ask for them. */
export function openaiRoutes(app: FastifyInstance, context: ServiceContext): void {
  app.addHook('onRoute', ({ schema }) => {
    if (schema) schema.response = { ...(schema.response as object), default: refusal };
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (!String(reply.getHeader('content-type')).startsWith('application/problem+json')) return payload;
    reply.type('application/json');
    return toOpenAIError(payload);
  });

  app.post<OpenAIRequest>(
    '/v1/embeddings',
    {
      schema: described({
        operationId: 'createEmbedding',
        summary: 'Turn texts into vectors, as OpenAI does',
        description: 'Ends of texts that are too long are refused, not cut off.',
        tags: ['embeddings'],
        body: {
          type: 'object',
          required: ['model', 'input'],
          additionalProperties: false,
          properties: {
            model: text,
            input: { oneOf: [text, { type: 'array', items: text, minItems: 1 }] },
            encoding_format: { type: 'string', enum: ['float', 'base64'] },
            dimensions: { type: 'integer', description: 'That of the model: its vectors are not shortened.' },
            user: { type: 'string', description: 'Not looked at.' },
          },
        },
        response: {
          200: {
            ...list(embedding),
            properties: {
              ...list(embedding).properties,
              model: text,
              usage: {
                type: 'object',
                properties: { prompt_tokens: { type: 'integer' }, total_tokens: { type: 'integer' } },
              },
            },
          },
        },
      }),
    },
    async (request, reply) => {
      const { model, input, encoding_format: encoding = 'float', dimensions } = request.body;
      const { embedder, embed } = modelFor(context, request, reply, model);
      const size = embedder.capabilities.dimensions;
      if (dimensions !== undefined && dimensions !== size)
        throw Object.assign(
          new Error(`vectors of "${model}" have ${size} dimensions: leave dimensions out`),
          {
            statusCode: 400,
          },
        );
      const { vectors, tokens } = await embed(typeof input === 'string' ? [input] : input, {
        overlong: 'refuse',
      });
      const written =
        encoding === 'base64'
          ? vectors.map((vector) => JSON.stringify(toRaw([vector], size).toString('base64')))
          : await rowsOfJson(vectors);
      const data = written.map(
        (embedding, index) => `{"object":"embedding","index":${index},"embedding":${embedding}}`,
      );
      const usage = { prompt_tokens: tokens, total_tokens: tokens };
      const tail = JSON.stringify({ model, usage }).slice(1);
      // Already JSON, which no serializer has to look through.
      return reply.type('application/json').send(`{"object":"list","data":[${data.join()}],${tail}`);
    },
  );

  const started = Math.floor(Date.now() / 1000);
  app.get(
    '/v1/models',
    {
      schema: described({
        operationId: 'listModels',
        summary: 'List the models, as OpenAI does',
        tags: ['embeddings'],
        response: { 200: list({ type: 'object', additionalProperties: true }) },
      }),
    },
    async () => ({
      object: 'list',
      data: context.models.names.map((id) => ({ id, object: 'model', created: started, owned_by: 'aiwork' })),
    }),
  );
}
