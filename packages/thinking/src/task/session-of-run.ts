import { hasCode, type RunContext, type RunRecord } from '@aiwork/core';
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
  const owner = await ownerOf(ctx);
  const sessions = owner === undefined ? store : store.of(owner);
  if (await sessions.session(id)) return sessions;
  await sessions.createSession({ id, title: titleOf(question) }).catch((error: unknown) => {
    // Another run was quicker.
    if (!hasCode(error, 'AIWORK_DUPLICATE_ID')) throw error;
  });
  return sessions;
}

/** Who started the run, or the one that it is a part of. */
async function ownerOf({ use, runId, signal }: RunContext): Promise<string | undefined> {
  let of: string | undefined = runId;
  while (of !== undefined) {
    const record: RunRecord | undefined = await use('runStore').getRun(of, { signal });
    const owner = ownerIn(record?.tags ?? []);
    if (owner !== undefined) return owner;
    of = record?.parent?.runId;
  }
  return undefined;
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
