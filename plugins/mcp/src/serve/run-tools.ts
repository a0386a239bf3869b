import { AiworkError, type RunRecord } from '@aiwork/core';
import type {
  CallToolResult,
  InputRequiredResult,
  Server,
  ServerContext,
  Tool,
} from '@modelcontextprotocol/server';
import { accessOf, control, type McpAction } from './access.ts';
import { type RunCall, takeUp, waitForRun } from './run-call.ts';
import { runToolNames } from './run-tool-names.ts';
import type { Serving } from './serving.ts';
import { rootOf } from './waits-below.ts';

const run = { type: 'string', minLength: 1, maxLength: 500, description: 'The id of the run.' };

/** For runs that are not over when the call that started them is answered. */
export const runTools: readonly Tool[] = [
  {
    name: runToolNames.show,
    title: 'Wait for a run',
    description: 'Waits for a run that was started before, and gives its result, or what it waits for.',
    inputSchema: { type: 'object', properties: { run }, required: ['run'], additionalProperties: false },
    annotations: { title: 'Wait for a run', readOnlyHint: true, openWorldHint: false },
  },
  {
    name: runToolNames.answer,
    title: 'Answer a run',
    description: 'Delivers the answer that a step of a run waits for, and waits for what comes of it.',
    inputSchema: {
      type: 'object',
      properties: {
        run,
        step: { type: 'string', minLength: 1, maxLength: 1000, description: 'The step that waits.' },
        payload: { description: 'The answer, as the step takes it.' },
      },
      required: ['run', 'step', 'payload'],
      additionalProperties: false,
    },
    annotations: { title: 'Answer a run', openWorldHint: false },
  },
  {
    name: runToolNames.cancel,
    title: 'Stop a run',
    description: 'Stops a run; what its steps did is undone where they say how.',
    inputSchema: {
      type: 'object',
      properties: { run, reason: { type: 'string', maxLength: 1000, description: 'Kept with the run.' } },
      required: ['run'],
      additionalProperties: false,
    },
    annotations: { title: 'Stop a run', destructiveHint: true, idempotentHint: true, openWorldHint: false },
  },
];

type Arguments = Readonly<Record<string, unknown>>;

/** Calls one of them; nothing when `name` is none. */
export async function callRunTool(
  serving: Serving,
  server: Server,
  ctx: ServerContext,
  name: string,
  given: Arguments,
): Promise<CallToolResult | InputRequiredResult | undefined> {
  const { orchestrator } = serving;
  if (name === runToolNames.show) return waitForRun(serving, server, ctx, await callOf('read'));
  if (name === runToolNames.answer) {
    const call = await control(ctx, text('run'), 'signal', async () => {
      const found = await callOf('control');
      if (!('payload' in given)) throw refused('payload is missing: give what the step takes');
      await orchestrator.signal(text('run'), text('step'), given['payload']);
      return found;
    });
    await takeUp(serving, text('run'));
    return waitForRun(serving, server, ctx, call);
  }
  if (name !== runToolNames.cancel) return undefined;
  const call = await control(ctx, text('run'), 'cancel', async () => {
    const found = await callOf('control');
    const reason = given['reason'] === undefined ? 'asked for by a client' : text('reason');
    await orchestrator.cancel(found.runId, reason);
    return found;
  });
  await takeUp(serving, call.runId);
  return waitForRun(serving, server, ctx, call);

  async function callOf(action: McpAction): Promise<RunCall> {
    const record = await rootOf(orchestrator, await requireRun(serving, ctx, text('run'), action));
    const unit = [...serving.tools.values()].find((tool) => tool.unit.id === record.unitId)?.unit;
    if (!unit) throw refused(`run "${record.id}" is of a unit that is not served`);
    return { unit, runId: record.id, owns: false };
  }

  function text(field: string): string {
    const value = given[field];
    if (typeof value === 'string' && value !== '') return value;
    throw refused(`${field} is ${value === undefined ? 'missing' : 'no text'}: give a text`);
  }
}

const refused = (message: string) =>
  new AiworkError('AIWORK_INVALID_INPUT', message, { outcome: 'not-applied' });

/**
 * A run that may be seen: of a served unit that whoever asks may see, started by it; or one that such a run has started.
 *
 * @throws `AIWORK_RUN_NOT_FOUND`; `AIWORK_FORBIDDEN` when it may be seen, and no more.
 */
export async function requireRun(
  serving: Serving,
  ctx: ServerContext,
  runId: string,
  action: McpAction,
): Promise<RunRecord> {
  const access = accessOf(ctx);
  const record = await serving.orchestrator.get(runId);
  const root = record && (await rootOf(serving.orchestrator, record));
  const isServed = root && [...serving.tools.values()].some(({ unit }) => unit.id === root.unitId);
  const isOwn = access.ownerTag === undefined || root?.tags.includes(access.ownerTag);
  if (!root || !isServed || !isOwn || !access.mayDo(root.unitId, 'read')) {
    throw new AiworkError('AIWORK_RUN_NOT_FOUND', `there is no run ${JSON.stringify(runId)}`, {
      outcome: 'not-applied',
    });
  }
  if (access.mayDo(root.unitId, action)) return record;
  throw new AiworkError('AIWORK_FORBIDDEN', `you may not ${action} runs of "${root.unitId}"`, {
    outcome: 'not-applied',
  });
}
