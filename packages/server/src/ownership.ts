import { ownerTag as tagOf } from '@aiwork/core/adapter-kit';
import type { Access } from './auth/access.ts';

/** Tags that begin like this are the server's: clients neither set nor see them. */
const reserved = 'aiwork:';

/** The tag of the executions of whoever asks; none where there are no principals. */
export function ownerTag({ principal }: Access): string | undefined {
  return principal && tagOf(principal.id);
}

/** Whether whoever asks started it. */
export function isOf(access: Access, tags: readonly string[]): boolean {
  const tag = ownerTag(access);
  return tag === undefined || tags.includes(tag);
}

export const isReserved = (tag: string) => tag.startsWith(reserved);

export const clientTags = (tags: readonly string[]) => tags.filter((tag) => !isReserved(tag));
