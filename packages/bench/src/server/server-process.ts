// Runs in the subject's own process.
import { PerformanceObserver } from 'node:perf_hooks';
import { expected, type Served, type ServerSubject } from './server-subject.ts';

let subject: ServerSubject;

/** Serves, and makes sure that what is asked for is answered. */
export async function serve(module: string): Promise<Served> {
  ({ subject } = (await import(module)) as { subject: ServerSubject });
  const served = await subject.serve();
  const response = await fetch(`${served.url}${served.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(served.body),
  });
  let found: unknown = await response.json();
  for (const name of served.resultAt) found = (found as Record<string, unknown> | undefined)?.[name];
  if (found !== expected) throw new Error(`${module} answers ${JSON.stringify(found)}: ${response.status}`);
  return served;
}

/** Processor time so far, of all threads, in microseconds. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

let resetAt = 0;

export async function reset(): Promise<void> {
  await subject.reset?.();
  globalThis.gc?.();
  resetAt = performance.now();
}

interface Collection {
  readonly begin: number;
  readonly milliseconds: number;
}

let collections: Collection[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries())
    collections.push({ begin: startTime, milliseconds: duration });
});
observer.observe({ entryTypes: ['gc'] });

/** How long it stood still since it was reset to collect garbage: the longest time, and all of them, in milliseconds. */
export async function collected(): Promise<{ readonly longest: number; readonly sum: number }> {
  // They are told of a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  collections = collections.filter(({ begin }) => begin >= resetAt);
  const times = collections.map(({ milliseconds }) => milliseconds);
  return { longest: Math.max(0, ...times), sum: times.reduce((sum, each) => sum + each, 0) };
}
