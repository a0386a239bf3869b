// Runs in the subject's own process.
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

export async function reset(): Promise<void> {
  await subject.reset?.();
  globalThis.gc?.();
}
