import type { RunEvent } from '@aiwork/core';

/** An event of an execution, without what only those who run the server see: stacks, and which process did it. @since 0.1.0 */
export type ExecutionEvent = Seen<RunEvent>;

type Seen<Event> = Event extends RunEvent ? Omit<Event, 'owner' | 'stints'> : never;
