import type { ListOptions } from './client.ts';
import type { Execution } from './execution.ts';
import type { Server } from './http/server-at.ts';
import { pageOf } from './page.ts';

/** Executions, a page at a time as they are asked for. */
export async function* listExecutions(
  server: Server,
  { unit, status, tag, pageSize, signal }: ListOptions,
): AsyncGenerator<Execution, void> {
  let cursor: string | undefined;
  do {
    const query = queryOf({ unit, status, tag, limit: pageSize, cursor });
    const page = await server.ask(
      { method: 'GET', path: `/executions${query}`, signal },
      pageOf<Execution>(),
    );
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function queryOf(members: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members))
    if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query}`;
}
