import { isolate } from '../isolated/isolate.ts';
import type { SuiteResult } from './run-suite.ts';
import type { Verdicts } from './verdicts.ts';

/** Adapters on which one Vitest runs a suite: its process has a time limit. */
const batch = 8;

/**
 * Runs a peer's suite on each of `saboteurs`.
 *
 * @throws Error when it finds something wrong with the reference.
 */
export async function runPeerSuite(file: string, saboteurs: readonly string[]): Promise<Verdicts> {
  const failed: Record<string, number> = {};
  let tests = 0;
  for (let from = 0; from < saboteurs.length; from += batch) {
    const [reference, ...broken] = await runOn(file, [undefined, ...saboteurs.slice(from, from + batch)]);
    if (reference === undefined || reference.failed.length > 0) {
      throw new Error(`the correct adapter fails tests of ${file}: ${reference?.failed}`);
    }
    tests = reference.tests;
    for (const result of broken) failed[result.saboteur ?? ''] = result.failed.length;
  }
  return { tests, failed };
}

async function runOn(
  file: string,
  saboteurs: readonly (string | undefined)[],
): Promise<readonly SuiteResult[]> {
  const host = await isolate<typeof import('./run-suite.ts')>(new URL('./run-suite.ts', import.meta.url));
  try {
    return await host.call('runSuite', file, saboteurs);
  } finally {
    await host.close();
  }
}
