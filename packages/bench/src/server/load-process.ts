// Runs in a process of its own: sends requests.
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { type Dispatcher, Pool } from 'undici';
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

/**
 * As many requests as are answered: each connection sends the next when it has the answer. Where the machine is so busy that
 * none is in that time, twice the time.
 */
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
  if (failed > 0) throw new Error(`${failed} requests failed, ${result['2xx']} were answered`);
  if (result['2xx'] === 0) return burst(served, { connections, seconds: 2 * seconds });
  return { answers: result['2xx'], perSecond: result['2xx'] / result.duration };
}

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface PaceResult {
  readonly p50: number;
  readonly p99: number;
  /** How long there were requests, in seconds: those that count, and those before. */
  readonly lasted: number;
}

/** Of the time that counts, how much goes before. */
const warmUp = 1 / 4;

/**
 * So many requests a second, whether answered or not; how long each took from when it was due, in milliseconds. The first do
 * not count: connections are opened then, and a server that has just collected all garbage compiles its code again.
 */
export async function pace(served: Served, { perSecond, seconds }: Pace): Promise<PaceResult> {
  const pool = new Pool(served.url, { connections: 256, pipelining: 1 });
  const body = JSON.stringify(served.body);
  const ahead = Math.round(perSecond * seconds * warmUp);
  const total = ahead + Math.max(1, Math.round(perSecond * seconds));
  // A promise for each, kept until the last is answered, is what this process would be busy with: moving them in its memory.
  const took = new Float64Array(total);
  const over = Promise.withResolvers<void>();
  // It may fail while others are still to be sent; that is said when they are.
  over.promise.catch(() => {});
  const begin = performance.now();
  let sent = 0;
  let answered = 0;
  const send = (index: number) => {
    const dueAt = begin + (index / perSecond) * 1000;
    const onAnswer = () => {
      took[index] = performance.now() - dueAt;
      answered += 1;
      if (answered === total) over.resolve();
    };
    pool.dispatch({ method: 'POST', path: served.path, headers, body }, handler(onAnswer, over.reject));
  };
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * perSecond) + 1);
    for (; sent < due; sent += 1) send(sent);
    await delay(1);
  }
  await over.promise;
  await pool.close();
  const counted = [...took.subarray(ahead)];
  const lasted = seconds * (1 + warmUp);
  return { p50: percentile(counted, 0.5), p99: percentile(counted, 0.99), lasted };
}

const headers = { 'content-type': 'application/json' };

/** Takes what the client has to do for an answer down to the least: a body is let go as it comes. */
function handler(onAnswer: () => void, onFailure: (error: Error) => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart() {},
    onResponseStart(_, statusCode) {
      if (statusCode !== 200) onFailure(new Error(`a request was answered with ${statusCode}`));
    },
    onResponseData() {},
    onResponseEnd: onAnswer,
    onResponseError: (_, error) => onFailure(error),
  };
}
