import type { Follower } from './follower.ts';
import type { KeptDocs } from './kept-docs.ts';

const tidyEveryMs = 60_000;
/** How long changes are kept where there are few. Who has missed more compares all versions. */
const keptChangesMs = 3_600_000;

/**
 * Looks for changes again and again, so that searches find little to catch up with, and what was forgotten elsewhere is gone here,
 * too. Nobody is told of errors: whoever searches will be.
 */
export function followInBackground(
  docs: KeptDocs,
  follower: Follower,
  everyMs: number,
): { readonly end: () => void } {
  let tidied = performance.now();
  let timer = later();

  function later(): NodeJS.Timeout {
    return setTimeout(() => {
      follow()
        .catch(() => {})
        .finally(() => {
          if (!hasEnded) timer = later();
        });
    }, everyMs).unref();
  }

  async function follow(): Promise<void> {
    await follower.catchUp();
    if (performance.now() - tidied < tidyEveryMs) return;
    tidied = performance.now();
    await docs.tidy(keptChangesMs);
  }

  let hasEnded = false;
  return {
    end() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}
