import { AiworkError } from '@aiwork/core';
import type { Keeper } from './keeper.ts';
import type { Parts } from './parts.ts';
import { encodeChange } from './storage/changes.ts';
import type { FileLock } from './storage/file-lock.ts';
import type { MemoryFile } from './storage/memory-file.ts';
import { snapshotOf } from './storage/snapshot-of.ts';

/** A file is written anew when what happened since is an eighth of it, which bounds both how much is written and read. */
const largestShare = 8;
/** Never for less than that, though. */
const leastBytes = 1 << 20;
/** At the end it is written anew for less, so that it is opened at once. */
const leastBytesAtEnd = 1 << 16;

function stillThere(cause: unknown): never {
  throw new AiworkError(
    'AIWORK_STORE_FAILED',
    'what was to be forgotten is deleted, but the file could not be written anew and still has it: see the cause, and call forget() again',
    { cause, outcome: 'unknown' },
  );
}

/** Keeps a memory in a file. */
export function createFileKeeper(parts: Parts, file: MemoryFile, lock: FileLock): Keeper {
  const share = () => Math.max(leastBytes, file.snapshotBytes / largestShare);
  const rewrite = () => file.replace(snapshotOf(parts));
  let untidyFrom = share();

  async function tidy(): Promise<void> {
    try {
      await rewrite();
      untidyFrom = share();
    } catch {
      // Nothing is lost. Who writes is told when there is no room any more; until then it is tried seldom.
      untidyFrom = 2 * file.journalBytes;
    }
  }

  return {
    durability: 'service-kill',
    keep: (change) => file.append(encodeChange(change)),
    async rewrite() {
      if (file.journalBytes > 0) await rewrite().catch(stillThere);
    },
    get isUntidy() {
      return file.journalBytes > untidyFrom;
    },
    async tidy() {
      if (file.journalBytes > untidyFrom) await tidy();
    },
    async close() {
      try {
        if (file.journalBytes > leastBytesAtEnd) await tidy();
        await file.close();
      } finally {
        lock.release();
      }
    },
  };
}
