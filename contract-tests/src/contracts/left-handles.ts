import { setTimeout as delay } from 'node:timers/promises';

/** How long an operating system may take to let go of what was closed. */
const patienceMs = 500;

const countKinds = (kinds: readonly string[]) => Map.groupBy(kinds, (kind) => kind);

/**
 * Kinds of handles of which `work` left at least `count` behind; waits a little for them to go.
 *
 * A test runner opens and closes handles of its own at any time, so `work` has to do `count` times what might leave one.
 */
export async function leftHandles(count: number, work: () => Promise<void>): Promise<readonly string[]> {
  const before = countKinds(process.getActiveResourcesInfo());
  await work();
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const now = countKinds(process.getActiveResourcesInfo());
    const left = [...now].flatMap(([kind, { length }]) =>
      length - (before.get(kind)?.length ?? 0) >= count ? [kind] : [],
    );
    if (left.length === 0 || performance.now() > deadline) return left;
    await delay(20);
  }
}
