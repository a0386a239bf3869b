// Runs in a process of its own: asks a service.
import { Pool } from 'undici';

/** How long each answer took, in milliseconds, and how many came a second. */
export interface Asked {
  readonly times: readonly number[];
  readonly perSecond: number;
}

/** Asks for a vector of each text, so many at once, as JSON. */
export async function ask(url: string, texts: readonly string[], atOnce: number): Promise<Asked> {
  const pool = new Pool(url, { connections: atOnce, pipelining: 1 });
  const headers = { 'content-type': 'application/json' };
  const times: number[] = [];
  let next = 0;
  async function client(): Promise<void> {
    while (next < texts.length) {
      const body = JSON.stringify({ texts: [texts[next++]] });
      const begin = performance.now();
      const answer = await pool.request({ method: 'POST', path: '/embed', headers, body });
      await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
      if (answer.statusCode !== 200) throw new Error(`a request was answered with ${answer.statusCode}`);
      times.push(performance.now() - begin);
    }
  }
  const begin = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  const perSecond = (1000 * texts.length) / (performance.now() - begin);
  await pool.close();
  return { times, perSecond };
}
