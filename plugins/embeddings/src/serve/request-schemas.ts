import type { FastifySchema } from 'fastify';

/** Parts of the schemas of requests and answers. */
export const text = { type: 'string' } as const;

export const texts = {
  type: 'array',
  items: text,
  description: 'Every string is a text, also the empty one.',
} as const;

export const model = {
  type: 'string',
  description: 'The name of a model that is served. Default: the first.',
} as const;

export const overlong = {
  type: 'string',
  enum: ['cut', 'refuse'],
  description:
    'What becomes of a text of more tokens than the model reads. Default `cut`: its end is cut off.',
} as const;

export const tokens = {
  type: 'integer',
  description: 'How many tokens were read, of all texts together.',
} as const;

export const truncated = {
  type: 'array',
  items: { type: 'integer' },
  description: 'Indexes of the texts of which the end was cut off.',
} as const;

/** A schema with what the server's OpenAPI document says of the route beside it. */
export const described = (
  schema: FastifySchema & {
    readonly operationId: string;
    readonly summary: string;
    readonly description?: string;
    readonly tags: string[];
  },
): FastifySchema => schema;
