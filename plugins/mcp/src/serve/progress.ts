import type { AnyUnit, RunEvent } from '@aiwork/core';
import type { LoggingLevel, ServerContext } from '@modelcontextprotocol/server';
import { isFlow } from './unit-schemas.ts';

const levels = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const satisfies Record<
  string,
  LoggingLevel
>;

/** Ends of steps: what a flow's progress is counted in. */
const ends: ReadonlySet<string> = new Set([
  'step.succeeded',
  'step.skipped',
  'step.failed',
  'step.cancelled',
]);

/**
 * Tells the client of a call what happens in the run: progress where it asked for that, and what the code logs. Nobody waits
 * for what is told; it never fails a run.
 */
export function progressOf(unit: AnyUnit, { mcpReq }: ServerContext): (event: RunEvent) => void {
  const token = mcpReq._meta?.progressToken;
  const total = isFlow(unit) ? unit.toGraph().nodes.length : undefined;
  const done = new Set<string>();

  function tell(key: string, message: string): void {
    const known = done.size;
    done.add(key);
    if (token === undefined || done.size === known) return;
    const params = {
      progressToken: token,
      progress: done.size,
      ...(total !== undefined && { total }),
      message,
    };
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  }

  return (event) => {
    if (event.type === 'log') {
      const { level, message, data, stepId } = event;
      const text = { message, step: stepId, ...(data !== undefined && { data }) };
      mcpReq.log(levels[level], text, unit.id).catch(() => {});
    } else if (total !== undefined) {
      if (ends.has(event.type) && 'stepId' in event && !event.stepId.includes('/'))
        tell(event.stepId, `${event.stepId} ${event.type.slice('step.'.length)}`);
    } else if (event.type === 'tool.called') tell(String(event.seq), `called ${event.tool}`);
    else if (event.type === 'model.called') tell(String(event.seq), `asked ${event.model}`);
    else if (event.type === 'emitted') tell(String(event.seq), event.name);
  };
}
