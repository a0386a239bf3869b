import type { Expected } from './http/server-at.ts';

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next one begins; absent on the last. */
  readonly cursor?: string;
}

/** A page of what a route lists. */
export const pageOf = <Item>(): Expected<Page<Item>> => ({
  what: 'list',
  is: (answer): answer is Page<Item> => Array.isArray(Object(answer).items),
});
