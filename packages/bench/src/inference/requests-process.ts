// Runs in a process of its own: asks a service.
import { Pool } from 'undici';

/** How long each answer took, in milliseconds, and how many came a second. */
export interface Asked {
  readonly times: readonly number[];
  readonly perSecond: number;
}

const headers = { 'content-type': 'application/json' };

/** Asks for a vector of each text, so many at once, as JSON, until all are asked for or the time is over. */
export async function ask(
  url: string,
  texts: readonly string[],
  { atOnce, forMs }: { readonly atOnce: number; readonly forMs: number },
): Promise<Asked> {
  const pool = new Pool(url, { connections: atOnce, pipelining: 1 });
  const bodies = texts.map((text) => JSON.stringify({ texts: [text] }));
  const times: number[] = [];
  let next = 0;
  const begin = performance.now();
  async function client(): Promise<void> {
    for (;;) {
      const body = bodies[next];
      if (body === undefined || performance.now() - begin > forMs) return;
      next += 1;
      times.push(await answered(pool, body));
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client));
  const perSecond = (1000 * times.length) / (performance.now() - begin);
  await pool.close();
  return { times, perSecond };
}

/** Takes what the client does for an answer down to the least: it has processors in common with the service. */
function answered(pool: Pool, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const begin = performance.now();
  pool.dispatch(
    { method: 'POST', path: '/embed', headers, body },
    {
      onRequestStart() {},
      onResponseStart(_, statusCode) {
        if (statusCode !== 200) reject(new Error(`a request was answered with ${statusCode}`));
      },
      onResponseData() {},
      onResponseEnd: () => resolve(performance.now() - begin),
      onResponseError: (_, error) => reject(error),
    },
  );
  return promise;
}
