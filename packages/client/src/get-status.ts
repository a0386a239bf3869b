import type { Execution } from './execution.ts';
import type { ServerRequest } from './http/request.ts';
import type { Expected, Server } from './http/server-at.ts';

/** An execution as it is now. */
export function getStatus(server: Server, id: string, signal?: AbortSignal): Promise<Execution> {
  return askForExecution(server, { method: 'GET', path: `/status/${encodeURIComponent(id)}`, signal });
}

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
