import type { ServerProcess } from './server-process.fixture.ts';

/** What a client has seen of an execution. */
export interface Watched {
  readonly seqs: readonly number[];
  /** How often it went on at another server. */
  readonly resumed: number;
}

/**
 * Watches an execution to its end, at the first of `servers` as long as it is there and then at the next, as clients of
 * Server-Sent Events do: from the last event that it knows.
 */
export async function watchEvents(executionId: string, servers: readonly ServerProcess[]): Promise<Watched> {
  const seqs: number[] = [];
  for (let resumed = 0; resumed < 100; resumed += 1) {
    const server = servers[resumed % servers.length];
    const known = seqs.at(-1);
    const isOver = await readEvents(`${server?.url}/executions/${executionId}/events`, known, seqs);
    if (isOver) return { seqs, resumed };
  }
  throw new Error(`${executionId} could not be watched to its end`);
}

/** Adds the numbers of the events that come; whether the last one was among them. */
async function readEvents(url: string, known: number | undefined, seqs: number[]): Promise<boolean> {
  let text = '';
  let isOver = false;
  try {
    const response = await fetch(url, {
      headers: known === undefined ? {} : { 'last-event-id': String(known) },
    });
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('latin1');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        if (id !== undefined) seqs.push(Number(id));
        isOver ||= /^event: run\.finished$/m.test(block);
      }
    }
  } catch {
    // The server is gone.
  }
  return isOver;
}
