import type { SpanContext } from '@opentelemetry/api';

interface RunPlaces {
  readonly run: SpanContext;
  /** Absent where nothing but the run has a place: nobody will see a part of it. */
  attempts?: Map<string, { readonly attempt: number; readonly place: SpanContext }>;
}

/** Runs remembered at once: those that somebody forgets to end must not be kept for ever. */
const maxRuns = 10_000;

/** Where in traces the runs and attempts are that are at work: for log lines, which come as events. */
export interface SpanPlaces {
  runBegan(runId: string, place: SpanContext): void;
  runEnded(runId: string): void;
  attemptBegan(runId: string, stepId: string, attempt: number, place: SpanContext): void;
  /** Its events have all been seen. */
  attemptEnded(runId: string, stepId: string, attempt: number | undefined): void;
  /** The attempt's, else the run's. */
  find(runId: string, stepId: string | undefined): SpanContext | undefined;
}

export function createSpanPlaces(): SpanPlaces {
  const runs = new Map<string, RunPlaces>();
  return {
    runBegan(runId, place) {
      runs.set(runId, { run: place });
      if (runs.size > maxRuns) runs.delete(runs.keys().next().value as string);
    },
    runEnded: (runId) => void runs.delete(runId),
    attemptBegan(runId, stepId, attempt, place) {
      const found = runs.get(runId);
      if (!found || found.run === place) return;
      found.attempts ??= new Map();
      found.attempts.set(stepId, { attempt, place });
    },
    attemptEnded(runId, stepId, attempt) {
      const attempts = runs.get(runId)?.attempts;
      if (attempt === undefined || attempts?.get(stepId)?.attempt === attempt) attempts?.delete(stepId);
    },
    find(runId, stepId) {
      const places = runs.get(runId);
      return (stepId === undefined ? undefined : places?.attempts?.get(stepId)?.place) ?? places?.run;
    },
  };
}
