// Runs in a process of its own: sends requests.
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { percentile } from '../measure.ts';
import type { Served } from './server-subject.ts';

export interface Burst {
  readonly connections: number;
  readonly seconds: number;
}

export interface BurstResult {
  readonly answers: number;
  readonly perSecond: number;
}

/** As many requests as are answered: each connection sends the next when it has the answer. */
export async function burst(served: Served, { connections, seconds }: Burst): Promise<BurstResult> {
  const result = await autocannon({
    url: `${served.url}${served.path}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(served.body),
    connections: Math.min(connections, served.atOnce ?? connections),
    duration: seconds,
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0 || result['2xx'] === 0)
    throw new Error(`${failed} requests failed, ${result['2xx']} were answered`);
  return { answers: result['2xx'], perSecond: result['2xx'] / result.duration };
}

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface PaceResult {
  readonly p50: number;
  readonly p99: number;
}

/** So many requests a second, whether answered or not; how long each took from when it was due, in milliseconds. */
export async function pace(served: Served, { perSecond, seconds }: Pace): Promise<PaceResult> {
  const pool = new Pool(served.url, { connections: 256, pipelining: 1 });
  const body = JSON.stringify(served.body);
  const begin = performance.now();
  const total = Math.max(1, Math.round(perSecond * seconds));
  const sent: Promise<number>[] = [];
  while (sent.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * perSecond) + 1);
    while (sent.length < due)
      sent.push(answered(pool, served.path, body, begin + (sent.length / perSecond) * 1000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took = await Promise.all(sent);
  await pool.close();
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}

const headers = { 'content-type': 'application/json' };

/** Takes what the client has to do for an answer down to the least: a body is let go as it comes. */
function answered(pool: Pool, path: string, body: string, dueAt: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  pool.dispatch(
    { method: 'POST', path, headers, body },
    {
      onRequestStart() {},
      onResponseStart(_, statusCode) {
        if (statusCode !== 200) reject(new Error(`a request was answered with ${statusCode}`));
      },
      onResponseData() {},
      onResponseEnd: () => resolve(performance.now() - dueAt),
      onResponseError: (_, error) => reject(error),
    },
  );
  return promise;
}
