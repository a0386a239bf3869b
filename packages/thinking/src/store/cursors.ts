import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { ThinkingSession } from './thinking-store.ts';

/** Where a page of sessions ended. */
export const sessionCursor = ({ updatedAt, id }: ThinkingSession) => `${updatedAt}~${id}`;

export function readSessionCursor(cursor: string): { readonly at: number; readonly id: string } {
  const [, at, id] = /^(\d+(?:\.\d+)?)~([^\0]+)$/s.exec(cursor) ?? [];
  if (at === undefined || id === undefined) throw noCursor(cursor);
  return { at: Number(at), id };
}

/** Of a page of thoughts. What is larger is no position of any database. */
export function readPosition(cursor: string): number {
  if (!/^\d{1,10}$/.test(cursor) || Number(cursor) >= 2 ** 31) throw noCursor(cursor);
  return Number(cursor);
}

const noCursor = (cursor: string) =>
  invalidArgument(
    `the cursor ${JSON.stringify(cursor)} is none of this listing: give that of the page before`,
  );
