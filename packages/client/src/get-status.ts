import type { Execution } from './execution.ts';
import type { ServerRequest } from './http/request.ts';
import type { Expected, Server } from './http/server-at.ts';

export interface StatusOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the server is to wait for the end, if it can. */
  readonly waitSeconds?: number;
  /** How often is asked where no answer comes. */
  readonly maxAttempts?: number;
}

/** An execution as it is now, or once it is over. */
export function getStatus(
  server: Server,
  id: string,
  { signal, waitSeconds, maxAttempts }: StatusOptions = {},
): Promise<Execution> {
  return askForExecution(server, {
    method: 'GET',
    path: `/status/${encodeURIComponent(id)}`,
    ...(waitSeconds !== undefined && { headers: preferWait(waitSeconds) }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    signal,
  });
}

/** RFC 7240. */
export const preferWait = (seconds: number) => ({ prefer: `wait=${seconds}` });

/** The execution that a request is answered with. */
export function askForExecution(server: Server, request: ServerRequest): Promise<Execution> {
  return server.ask(request, execution);
}

const execution: Expected<Execution> = {
  what: 'execution',
  is(answer): answer is Execution {
    const { executionId, status } = Object(answer);
    return typeof executionId === 'string' && typeof status === 'string';
  },
};

export const isOver = ({ status }: Execution) =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled';
