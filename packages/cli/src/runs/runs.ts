import type { Orchestrator, Page, RunQuery, RunRecord } from '@aiwork/core';

/** What is known of a run wherever it is kept. */
export type KnownRun = Omit<RunRecord, 'graphHash'>;

/** What commands about runs ask of where they are kept: a store that this process opens, or a server. */
export interface Runs extends Pick<Orchestrator, 'events' | 'resume' | 'rerun' | 'cancel'>, AsyncDisposable {
  get(runId: string): Promise<KnownRun | undefined>;
  list(query?: RunQuery): Promise<Page<KnownRun>>;
  signal(
    runId: string,
    stepId: string,
    payload: unknown,
    options?: { readonly idempotencyKey?: string },
  ): Promise<void>;
}
