import { hasCode, type RunContext } from '@aiwork/core';
import { ownerIn } from '@aiwork/core/adapter-kit';
import type { ThinkingSessions } from '../store/thinking-store.ts';

const longestTitle = 80;

/**
 * The sessions of whoever started a run, with one of this id among them.
 *
 * @throws `AIWORK_SLOT_EMPTY` where no plugin keeps sessions; what the store throws.
 */
export async function sessionsOf(ctx: RunContext, id: string, question: string): Promise<ThinkingSessions> {
  const store = ctx.use('thinkingStore');
  const record = await ctx.use('runStore').getRun(ctx.runId, { signal: ctx.signal });
  const owner = ownerIn(record?.tags ?? []);
  const sessions = owner === undefined ? store : store.of(owner);
  if (await sessions.session(id)) return sessions;
  await sessions.createSession({ id, title: titleOf(question) }).catch((error: unknown) => {
    // Another run was quicker.
    if (!hasCode(error, 'AIWORK_DUPLICATE_ID')) throw error;
  });
  return sessions;
}

/** A question in one short line. */
function titleOf(question: string): string {
  const line = question
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= longestTitle ? line : `${characters.slice(0, longestTitle - 1).join('')}…`;
}
