import { setImmediate } from 'node:timers/promises';

/** Makes one question of what is asked in one turn of the event loop, and gives the answer to all who asked. */
export function gather<Item, Answer>(ask: (items: readonly Item[]) => Promise<Answer>) {
  let next: { readonly items: Item[]; readonly answer: Promise<Answer> } | undefined;

  async function askLater(items: readonly Item[]): Promise<Answer> {
    await setImmediate();
    next = undefined;
    return ask(items);
  }

  return (asked: readonly Item[]): Promise<Answer> => {
    if (!next) {
      const items: Item[] = [];
      next = { items, answer: askLater(items) };
    }
    next.items.push(...asked);
    return next.answer;
  };
}
