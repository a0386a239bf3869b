import { createRequire } from 'node:module';
import { type Contest, openContest } from '../isolated/contest.ts';
import type { Skipped } from '../report.ts';
import type { Place } from './client-subject.ts';

export type ClientRounds = typeof import('./client-rounds.ts');

export const tasks = '@aiwork/kafka, tasks';
export const jobs = '@aiwork/kafka, jobs';
export const raw = 'kafkajs';
const native = '@confluentinc/kafka-javascript';

const modules: Readonly<Record<string, string>> = {
  [tasks]: 'aiwork',
  [jobs]: 'aiwork-jobs',
  [raw]: 'kafkajs',
  '@platformatic/kafka': 'platformatic',
  [native]: 'confluent',
};

/** The clients, each in a process of its own, connected to the place that `placeOf` gives it. */
export function openClients(
  names: readonly string[],
  placeOf: (name: string) => Place,
): Promise<Contest<ClientRounds>> {
  return openContest<ClientRounds>(new URL('./client-rounds.ts', import.meta.url), names, (host, name) =>
    host.call('load', new URL(`./client-subjects/${modules[name]}.ts`, import.meta.url).href, placeOf(name)),
  );
}

/** Those that can be measured here, and why not the others. */
export function ableClients(): { readonly names: readonly string[]; readonly skipped: readonly Skipped[] } {
  const names = Object.keys(modules);
  try {
    createRequire(import.meta.url)(native);
    return { names, skipped: [] };
  } catch {
    const why = `its native part is not there: no install script is run here, and \`npx node-pre-gyp install\` in its folder needs github.com or a compiler`;
    return { names: names.filter((name) => name !== native), skipped: [{ subject: native, why }] };
  }
}
