// Runs in a process of its own: sends requests.
import { Agent, request } from 'node:http';
import autocannon from 'autocannon';
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
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const body = JSON.stringify(served.body);
  const begin = performance.now();
  const total = Math.max(1, Math.round(perSecond * seconds));
  const sent: Promise<number>[] = [];
  while (sent.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * perSecond) + 1);
    while (sent.length < due) sent.push(once(served, body, agent, begin + (sent.length / perSecond) * 1000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took = await Promise.all(sent);
  agent.destroy();
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}

function once(served: Served, body: string, agent: Agent, dueAt: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(`${served.url}${served.path}`, { method: 'POST', agent, headers }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`a request was answered with ${response.statusCode}`));
    response.resume().on('end', () => resolve(performance.now() - dueAt));
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
