import type { ErrorCode } from '@aiwork/core';
import { ClientError } from '../client-error.ts';
import type { FieldProblem } from '../problem.ts';

/** The error that an answer of 3xx, 4xx or 5xx is. `where` names what was asked. */
export async function refusalOf(response: Response, where: string): Promise<ClientError> {
  const { status, headers } = response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const to = headers.get('location');
    const target = to === null ? '' : ` to ${to}`;
    return new ClientError(
      'AIWORK_SERVER_INVALID_ANSWER',
      `${where} is answered with a redirect${target}: give the address where the server itself is`,
      { outcome: 'not-applied' },
    );
  }
  const { code, detail, fields } = problemIn(await response.text());
  const requestId = headers.get('x-request-id');
  const retryAfterMs = retryAfterOf(headers);
  const message = detail ?? `${where} is answered with ${status} ${response.statusText}`.trimEnd();
  return new ClientError(code ?? codeOf(status), message, {
    status,
    retryable: isPassing(status),
    outcome: status < 500 ? 'not-applied' : 'unknown',
    ...(fields && { fields }),
    ...(requestId !== null && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function codeOf(status: number): ErrorCode {
  if (status < 500) return 'AIWORK_SERVER_REFUSED';
  return isPassing(status) ? 'AIWORK_SERVER_UNAVAILABLE' : 'AIWORK_SERVER_FAILED';
}

/** Too many requests; a server, or what stands before it, that cannot now. Those from 520 on are of a network's edge. */
const isPassing = (status: number) =>
  status === 429 || (status >= 502 && status <= 504) || (status >= 520 && status <= 524);

interface KnownProblem {
  readonly code?: `AIWORK_${string}`;
  readonly detail?: string;
  readonly fields?: readonly FieldProblem[];
}

/** Whatever stands before a server may answer as well, in any form. */
function problemIn(text: string): KnownProblem {
  const { code, detail, errors } = membersOf(text);
  return {
    ...(isCode(code) && { code }),
    ...(typeof detail === 'string' && { detail }),
    ...(Array.isArray(errors) && { fields: errors.filter(isFieldProblem) }),
  };
}

function membersOf(text: string): { readonly [name: string]: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Those of Fastify are not ours. */
const isCode = (code: unknown): code is `AIWORK_${string}` =>
  typeof code === 'string' && code.startsWith('AIWORK_');

const isFieldProblem = (value: unknown): value is FieldProblem => {
  const { pointer, detail } = Object(value);
  return typeof pointer === 'string' && typeof detail === 'string';
};

/** Seconds, or a date. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
