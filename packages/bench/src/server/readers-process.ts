// Runs in a process of its own: watches a run many times.
import { get } from 'node:http';

const open: Promise<number>[] = [];

/** Watches a run `count` times; resolves when all have their first event. */
export async function watch(url: string, runId: string, count: number): Promise<void> {
  open.length = 0;
  const begun = Array.from({ length: count }, () => {
    const first = Promise.withResolvers<void>();
    open.push(read(`${url}/executions/${runId}/events`, first.resolve));
    return first.promise;
  });
  // Who is refused has no first event.
  await Promise.race([Promise.all(begun), Promise.all(open)]);
}

/** How many events each had at the end; all the same. */
export async function ended(): Promise<number> {
  const counts = new Set(await Promise.all(open));
  const [count] = counts;
  if (counts.size !== 1 || count === undefined)
    throw new Error(`readers had ${[...counts].join(', ')} events`);
  return count;
}

function read(url: string, begun: () => void): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = get(url, { agent: false }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`a reader was answered with ${response.statusCode}`));
    let events = 0;
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      events += blocks.filter((block) => block.startsWith('id: ')).length;
      if (events > 0) begun();
    });
    response.on('end', () => resolve(events)).on('error', reject);
  });
  request.on('error', reject);
  return promise;
}
