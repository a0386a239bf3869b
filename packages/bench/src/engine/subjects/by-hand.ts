import { joinStep, type Subject, stepsOf, trivialStep, type Work, workInput } from '../work.ts';

interface Event {
  readonly seq: number;
  readonly at: number;
  readonly runId: string;
  readonly type: string;
  readonly stepId?: string;
  readonly attempt?: number;
  readonly output?: unknown;
}

/** What somebody would write who needs the same events and nothing else: no needs, retries, cancelling or store. */
async function recorded<T>(
  events: Event[],
  runId: string,
  stepId: string,
  step: () => Promise<T>,
): Promise<T> {
  events.push({ seq: events.length + 1, at: Date.now(), runId, type: 'step.started', stepId, attempt: 1 });
  const output = await step();
  events.push({
    seq: events.length + 1,
    at: Date.now(),
    runId,
    type: 'step.succeeded',
    stepId,
    attempt: 1,
    output,
  });
  return output;
}

async function chain(events: Event[], runId: string, stepIds: readonly string[]): Promise<number> {
  let value = workInput;
  for (const stepId of stepIds) value = await recorded(events, runId, stepId, () => trivialStep(value));
  return value;
}

async function fanOut(events: Event[], runId: string, stepIds: readonly string[]): Promise<number> {
  const values = await Promise.all(
    stepIds.map((stepId) => recorded(events, runId, stepId, () => trivialStep(workInput))),
  );
  return recorded(events, runId, 'join', () => joinStep(values));
}

function prepare(work: Work) {
  const stepIds = Array.from({ length: work.size }, (_, i) => `step-${i}`);
  const body = work.shape === 'chain' ? chain : fanOut;
  let journals = new Map<string, Event[]>();
  let last: Event[] = [];
  return {
    reset() {
      journals = new Map();
    },
    async run() {
      const runId = `run-${journals.size}`;
      const events: Event[] = [];
      journals.set(runId, events);
      last = events;
      events.push({ seq: 1, at: Date.now(), runId, type: 'run.started' });
      const output = await body(events, runId, stepIds);
      events.push({ seq: events.length + 1, at: Date.now(), runId, type: 'run.finished', output });
      return output;
    },
    async verify() {
      const expected = 2 * stepsOf(work) + 2;
      if (last.length !== expected) throw new Error(`${last.length} of ${expected} events were recorded`);
    },
  };
}

export const subject: Subject = { prepare };
