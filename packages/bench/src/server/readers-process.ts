// Runs in a process of its own: watches a run many times.
import { get } from 'node:http';
import { percentile } from '../measure.ts';

/** What a run's readers had of it, from when all were there. */
export interface Readings {
  /** What each was sent since, the same for all. */
  readonly text: string;
  /** In how many parts that came. */
  readonly parts: number;
  /** How long after they happened, as the events say, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Reading {
  text: string;
  parts: number;
  readonly lateMs: number[];
}

const open: Promise<Reading>[] = [];
let isBegun = false;

/** Watches a run `count` times; resolves when all have what happened before. */
export async function watch(url: string, runId: string, count: number): Promise<void> {
  open.length = 0;
  isBegun = false;
  const begun = Array.from({ length: count }, () => {
    const first = Promise.withResolvers<void>();
    open.push(read(`${url}/executions/${runId}/events`, first.resolve));
    return first.promise;
  });
  // Who is refused has no first event.
  await Promise.race([Promise.all(begun), Promise.all(open)]);
  isBegun = true;
}

/** What they had at the end. */
export async function ended(): Promise<Readings> {
  const readings = await Promise.all(open);
  const [first] = readings;
  if (!first || readings.some(({ text }) => text !== first.text))
    throw new Error('readers of one run did not have the same events');
  const lateMs = readings.flatMap((reading) => reading.lateMs);
  return {
    text: first.text,
    parts: first.parts,
    p50: percentile(lateMs, 0.5),
    p99: percentile(lateMs, 0.99),
  };
}

function read(url: string, begun: () => void): Promise<Reading> {
  const { promise, resolve, reject } = Promise.withResolvers<Reading>();
  const reading: Reading = { text: '', parts: 0, lateMs: [] };
  const request = get(url, { agent: false }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`a reader was answered with ${response.statusCode}`));
    response.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('data: ')) begun();
      if (!isBegun) return;
      const now = Date.now();
      reading.text += text;
      reading.parts += 1;
      for (const [, at] of text.matchAll(/^data: \{"seq":\d+,"at":(\d+)/gm))
        reading.lateMs.push(now - Number(at));
    });
    response.on('end', () => resolve(reading)).on('error', reject);
  });
  request.on('error', reject);
  return promise;
}
