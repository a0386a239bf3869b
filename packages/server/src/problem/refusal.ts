import { STATUS_CODES } from 'node:http';
import type { FieldProblem, Problem } from '@aiwork/client';
import { AiworkError } from '@aiwork/core';
import type { FastifyError } from 'fastify';
import { fieldProblemsOf } from './field-problems.ts';
import { pointerToken } from './pointer-token.ts';
import { statusOf } from './status-of.ts';

/** What a client is told of an error, and after how many seconds it is worth trying again. */
export interface Refusal {
  readonly problem: Problem;
  readonly retryAfterSeconds?: number;
}

const guide = 'https://github.com/aiwork-dev/aiwork/blob/main/docs/guides/errors.md';

/** Of the server's own faults a client is told that there was one, and nothing else: they name hosts, files and keys. */
export function refusalOf(error: unknown): Refusal {
  if (AiworkError.isInstance(error)) return refusalOfEngine(error);
  const {
    statusCode = 500,
    code,
    validation,
    validationContext,
    message = '',
  } = error as Partial<FastifyError>;
  if (statusCode < 400 || statusCode >= 500) return { problem: fault(statusCode) };
  // Pointers point into the body; what is wrong elsewhere is named in the text.
  const errors = validationContext === 'body' ? (validation ?? []).map(toFieldProblem) : [];
  const ours = codeOf[code ?? ''];
  return {
    problem: {
      ...heading(statusCode),
      detail: message,
      ...(ours !== undefined && { type: typeOf(ours), code: ours }),
      ...(errors.length > 0 && { errors }),
    },
  };
}

/** In place of Fastify's codes, on which nobody is to rely. */
const codeOf: Readonly<Record<string, string>> = {
  FST_ERR_VALIDATION: 'AIWORK_INVALID_ARGUMENT',
  FST_ERR_CTP_INVALID_JSON_BODY: 'AIWORK_INVALID_ARGUMENT',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'AIWORK_INVALID_ARGUMENT',
  FST_ERR_CTP_BODY_TOO_LARGE: 'AIWORK_LIMIT_EXCEEDED',
};

function refusalOfEngine(error: AiworkError): Refusal {
  const { code, message, retryAfterMs = 1000 } = error;
  const status = statusOf[code] ?? 500;
  if (status >= 500) {
    const problem = { ...fault(status), type: typeOf(code), code };
    return status === 503 ? { problem, retryAfterSeconds: Math.ceil(retryAfterMs / 1000) } : { problem };
  }
  const errors = fieldProblemsOf(error);
  const problem = {
    ...heading(status),
    type: typeOf(code),
    detail: message,
    code,
    ...(errors && { errors }),
  };
  return status === 429 ? { problem, retryAfterSeconds: Math.ceil(retryAfterMs / 1000) } : { problem };
}

const typeOf = (code: string) => `${guide}#${code.toLowerCase()}`;

const heading = (status: number) => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
});

function fault(given: number): Problem {
  const status = given >= 500 && given < 600 ? given : 500;
  const detail =
    status === 503
      ? 'the server cannot do this now: try again later'
      : 'the server failed; its log says why, under the id of this request';
  return { ...heading(status), detail };
}

type Invalid = NonNullable<FastifyError['validation']>[number];

function toFieldProblem({ instancePath, message: detail = 'is not valid', params }: Invalid): FieldProblem {
  const name = params['missingProperty'] ?? params['additionalProperty'];
  const pointer = typeof name === 'string' ? `${instancePath}/${pointerToken(name)}` : instancePath;
  return { pointer, detail };
}
