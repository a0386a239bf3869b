/** What requests and responses look like, as JSON Schema: requests are checked against it, and responses written by it. */

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const anything = {} as const;

const executionId = { type: 'string', minLength: 1, maxLength: 500 } as const;

/** Of the routes about one execution. */
export const executionParams = {
  type: 'object',
  required: ['execution_id'],
  properties: { execution_id: executionId },
} as const;

/** Of the routes about one of its steps. */
export const stepParams = {
  type: 'object',
  required: ['execution_id', 'step_id'],
  properties: {
    execution_id: executionId,
    step_id: { type: 'string', minLength: 1, maxLength: 500 },
  },
} as const;

/** The header that makes a request that is sent again the same one; `description` says what that means there. */
export const idempotencyKey = (description: string) => ({
  'idempotency-key': { type: 'string', minLength: 1, maxLength: 255, description },
});

/** Of the routes that start something. */
export const startKey = idempotencyKey(
  'A second request with the same key is answered with the execution that the first one started; one that asks for something else is refused.',
);

/** A tag as clients may write it: those that begin like the server's own are kept from them. */
export const clientTag = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  not: { pattern: '^aiwork:' },
} as const;

export const startBody = {
  type: 'object',
  required: ['unit'],
  additionalProperties: false,
  properties: {
    unit: { type: 'string', minLength: 1, maxLength: 250, description: 'Id of what to run.' },
    input: { description: 'What the unit takes.' },
    tags: {
      type: 'array',
      maxItems: 50,
      items: clientTag,
      description: "Added to the unit's own.",
    },
    priority: { type: 'integer', description: 'Higher goes first where workers are scarce.' },
  },
} as const;

const waiting = {
  type: 'object',
  required: ['step'],
  properties: { step: text, prompt: anything, expiresAt: time },
} as const;

const executionError = {
  type: 'object',
  required: ['message', 'retryable'],
  properties: { message: text, code: text, step: text, retryable: { type: 'boolean' } },
} as const;

export const execution = {
  $id: 'Execution',
  type: 'object',
  required: ['executionId', 'unit', 'version', 'status', 'tags', 'createdAt', 'updatedAt'],
  properties: {
    executionId: text,
    unit: text,
    version: text,
    status: { type: 'string', enum: ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] },
    tags: { type: 'array', items: text },
    createdAt: time,
    updatedAt: time,
    output: anything,
    error: executionError,
    waitingFor: { type: 'array', items: waiting },
    rerunOf: text,
  },
} as const;

export const problem = {
  $id: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: text,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: text, detail: text },
      },
    },
  },
} as const;
