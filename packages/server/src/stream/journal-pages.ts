import type { Orchestrator } from '@aiwork/core';
import { type EventBatch, type EventText, eventBatch, toEventText } from './event-batch.ts';

const pageEvents = 256;
const pageBytes = 256 * 1024;
/** For others who are about to ask: what is added meanwhile follows it. */
const keptMs = 1000;
const maxKeptBytes = 16 * 1024 * 1024;

/** A part of a journal, and whether there is more of it. */
export interface JournalPage {
  readonly batch?: EventBatch;
  readonly hasMore: boolean;
}

/**
 * Reads journals a page at a time. Those who want the same page at about the same time, as after a server has gone, share
 * one reading of it.
 *
 * @throws `AIWORK_RUN_NOT_FOUND` when it is read.
 */
export function journalPages(orchestrator: Pick<Orchestrator, 'events'>) {
  const pages = new Map<string, Promise<JournalPage>>();
  let keptBytes = 0;

  return (runId: string, afterSeq: number): Promise<JournalPage> => {
    const key = `${afterSeq} ${runId}`;
    const shared = pages.get(key);
    if (shared !== undefined) return shared;
    const page = readPage(orchestrator, runId, afterSeq);
    pages.set(key, page);
    const forget = () => void pages.delete(key);
    page.then(({ batch }) => {
      const bytes = batch?.stream.length ?? 0;
      if (bytes === 0 || keptBytes + bytes > maxKeptBytes) return forget();
      keptBytes += bytes;
      setTimeout(() => {
        keptBytes -= bytes;
        forget();
      }, keptMs).unref();
    }, forget);
    return page;
  };
}

async function readPage(
  orchestrator: Pick<Orchestrator, 'events'>,
  runId: string,
  afterSeq: number,
): Promise<JournalPage> {
  const events: EventText[] = [];
  let bytes = 0;
  for await (const event of orchestrator.events(runId, { afterSeq })) {
    if (events.length === pageEvents || bytes >= pageBytes)
      return { batch: eventBatch(events), hasMore: true };
    const text = toEventText(event);
    events.push(text);
    bytes += text.json.length;
  }
  return events.length === 0 ? { hasMore: false } : { batch: eventBatch(events), hasMore: false };
}
