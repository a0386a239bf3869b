import type { ExecutionEvent } from '@aiwork/client';
import type { RunEvent } from '@aiwork/core';

/** The events of a server as a journal has them. Which process did something, a server tells nobody. */
export async function* knownEvents(events: AsyncIterable<ExecutionEvent>): AsyncGenerator<RunEvent, void> {
  for await (const event of events) yield event.type === 'run.resumed' ? { ...event, owner: '' } : event;
}
