import type { Run, RunEvent } from '@aiwork/core';

/** An event, and what it is on the wire: written once, for all who read it. */
export interface FedEvent {
  readonly seq: number;
  readonly text: string;
}

/** The events of runs for any number of readers, each at its own pace. */
export interface RunFeeds {
  /**
   * Those of a run after `afterSeq`, past ones included. Ends with the run, or when the signal aborts.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`; `AIWORK_CLOSED` when the orchestrator is closed before the run ended.
   */
  read(runId: string, afterSeq: number, signal: AbortSignal): Promise<AsyncIterable<readonly FedEvent[]>>;
}

interface Feed {
  readonly events: FedEvent[];
  ending?: { readonly error?: unknown };
  changed: PromiseWithResolvers<void>;
}

/** A slow reader is handed no more than this at once. */
const batchEvents = 256;

/** One iteration of each run, however many read it: a journal of another process is asked once, not once for each. */
export function createRunFeeds(
  open: (runId: string) => Promise<Run<unknown>>,
  toText: (event: RunEvent) => string,
): RunFeeds {
  // An iteration of a run ends with the run: until then it is there for the next reader.
  const feeds = new Map<string, Promise<Feed>>();

  async function start(runId: string): Promise<Feed> {
    const run = await open(runId);
    const feed: Feed = { events: [], changed: Promise.withResolvers() };
    void pull(run, feed).finally(() => feeds.delete(runId));
    return feed;
  }

  async function pull(first: Run<unknown>, feed: Feed): Promise<void> {
    try {
      // One that ended here, and has not finished, went to another process.
      for (let run = first; !(await pullFrom(run, feed)); ) run = await open(run.id);
      feed.ending = {};
    } catch (error) {
      feed.ending = { error };
    }
    announce(feed);
  }

  /** Whether the run has finished. */
  async function pullFrom(run: Run<unknown>, feed: Feed): Promise<boolean> {
    const known = feed.events.at(-1)?.seq ?? 0;
    for await (const event of run) {
      if (event.seq <= known && event.type !== 'model.delta') continue;
      feed.events.push({ seq: event.seq, text: toText(event) });
      announce(feed);
      if (event.type === 'run.finished') return true;
    }
    return false;
  }

  return {
    async read(runId, afterSeq, signal) {
      let feed = feeds.get(runId);
      if (!feed) {
        feed = start(runId);
        feeds.set(runId, feed);
        feed.catch(() => feeds.delete(runId));
      }
      return batches(await feed, afterSeq, signal);
    },
  };
}

function announce(feed: Feed): void {
  feed.changed.resolve();
  feed.changed = Promise.withResolvers();
}

async function* batches(
  feed: Feed,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<readonly FedEvent[], void> {
  const aborted = Promise.withResolvers<void>();
  const abort = () => aborted.resolve();
  signal.addEventListener('abort', abort, { once: true });
  try {
    let at = 0;
    while (!signal.aborted) {
      const { events, ending, changed } = feed;
      while (events[at] && (events[at] as FedEvent).seq <= afterSeq) at += 1;
      if (at < events.length) {
        const batch = events.slice(at, at + batchEvents);
        at += batch.length;
        yield batch;
        continue;
      }
      if (ending?.error !== undefined) throw ending.error;
      if (ending) return;
      await Promise.race([changed.promise, aborted.promise]);
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
