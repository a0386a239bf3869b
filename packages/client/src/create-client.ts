import type { FlowGraph } from '@aiwork/core';
import type { Client, StartOptions } from './client.ts';
import { type ClientOptions, settingsOf } from './client-options.ts';
import type { Execution } from './execution.ts';
import { type CallOptions, executionHandle } from './execution-handle.ts';
import { askForExecution, isOver, preferWait } from './get-status.ts';
import { type Expected, serverAt } from './http/server-at.ts';
import { listExecutions } from './list-executions.ts';
import { newIdempotencyKey } from './new-idempotency-key.ts';
import { outputOf } from './output-of.ts';
import { pageOf } from './page.ts';
import type { ServedUnit } from './served-unit.ts';
import type { UnknownUnits } from './units.ts';
import { untilOver } from './until-over.ts';

/** What takes longer is waited for in a way that gets over a server that goes and comes back. */
const executeWaitSeconds = 2;

const flowGraph: Expected<FlowGraph> = {
  what: 'graph',
  is: (answer): answer is FlowGraph => Array.isArray(Object(answer).nodes),
};

/**
 * A client of the server at `url`. `Units` are the types of what it serves, by id: of an object of units, or of a module that
 * exports them under their ids. Without them, inputs and outputs are `unknown`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { createClient } from '@aiwork/client';
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { createServer } from '@aiwork/server';
 * import { z } from 'zod';
 *
 * const units = { double: defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n }) };
 * await using orchestrator = createOrchestrator();
 * await using server = await createServer({ orchestrator, units: Object.values(units) });
 *
 * const client = createClient<typeof units>({ url: await server.listen() });
 * console.log(await client.execute('double', 21)); // 42
 * ```
 * @since 0.1.0
 */
export function createClient<Units = UnknownUnits>(options: ClientOptions): Client<Units> {
  const server = serverAt(settingsOf(options));

  function begin(
    path: '/execute' | '/execute-async',
    unit: string,
    [input, options = {}]: [input?: unknown, options?: StartOptions],
  ): Promise<Execution> {
    const { idempotencyKey = newIdempotencyKey(), tags, priority, signal } = options;
    return askForExecution(server, {
      method: 'POST',
      path,
      body: { unit, input, tags, priority },
      idempotencyKey,
      ...(path === '/execute' && { headers: preferWait(executeWaitSeconds) }),
      signal,
    });
  }

  const listUnits =
    (path: string) =>
    async ({ signal }: CallOptions = {}) =>
      (await server.ask({ method: 'GET', path, signal }, pageOf<ServedUnit>())).items;

  return {
    async execute(unit, ...given) {
      const execution = await begin('/execute', unit, given);
      return outputOf(
        isOver(execution) ? execution : await untilOver(server, execution.executionId, given[1]?.signal),
      );
    },
    async start(unit, ...given) {
      const { executionId } = await begin('/execute-async', unit, given);
      return executionHandle(server, executionId);
    },
    execution: (executionId) => executionHandle(server, executionId),
    list: (options = {}) => listExecutions(server, options),
    flows: listUnits('/flows'),
    tasks: listUnits('/tasks'),
    tools: listUnits('/tools'),
    agents: listUnits('/agents'),
    graph: (flow, { signal } = {}) =>
      server.ask({ method: 'GET', path: `/flows/${encodeURIComponent(flow)}/graph`, signal }, flowGraph),
  };
}
