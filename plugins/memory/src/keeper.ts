import type { Durability } from '@aiwork/core';
import type { Change } from './storage/changes.ts';

/** Where what happens to a memory is kept, beyond its own life. It is told one thing at a time. */
export interface Keeper {
  readonly durability: Durability;
  /**
   * Resolves when the change is there to stay; only then is it made.
   *
   * @throws AiworkError that says whether it is there.
   */
  keep(change: Change): Promise<void>;
  /** Leaves nothing of what was deleted or replaced. */
  rewrite(): Promise<void>;
  /** Whether there is something to do for {@link tidy}. */
  readonly isUntidy: boolean;
  /** Makes what is kept quick to open again. Where that fails, all is as it was. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}
