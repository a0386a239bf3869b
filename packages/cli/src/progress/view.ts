import type { RunEvent } from '@aiwork/core';

/** Shows a run while it goes on. */
export interface ProgressView {
  event(event: RunEvent): void;
  /** A line to the user beside the progress. */
  note(text: string): void;
  /** Shows how things stand for the last time. */
  end(): void;
}
