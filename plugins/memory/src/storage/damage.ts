import { AiworkError } from '@aiwork/core';

const restore = 'restore it from a copy or build the index again from its documents';

/** `what` names the snapshot, `reason` says what is wrong with it. */
export function corrupt(what: string, reason: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_CORRUPT_DATA', `${what} ${reason}: ${restore}`, {
    cause,
    outcome: 'not-applied',
  });
}

/** Of bytes that are well kept and not what this release reads. */
export function unreadable(what: string, reason: string): AiworkError {
  return new AiworkError('AIWORK_CORRUPT_DATA', `${what} ${reason}`, { outcome: 'not-applied' });
}

/** Whoever wrote the checksum wrote nonsense, too. */
export const wrongContent = (what: string, cause?: unknown): AiworkError =>
  corrupt(what, 'has a right checksum and wrong content', cause);
