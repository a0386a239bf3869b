import type { DeadLetter, TaskQueue } from '@aiwork/core';

/** How many dead letters are in memory at once. */
const pageItems = 500;

/** All dead letters of a group, page by page, in the order in which they were given up. */
export async function* deadLetterPages(
  queue: TaskQueue,
  { queue: name, group }: { readonly queue: string; readonly group: string },
): AsyncGenerator<readonly DeadLetter[]> {
  let cursor: string | undefined;
  do {
    const page = await queue.deadLetters(name, group, { limit: pageItems, ...(cursor && { cursor }) });
    yield page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
