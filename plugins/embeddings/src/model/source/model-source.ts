import type { CallOptions, Progress } from '@aiwork/core';

/** A folder with a model in it, for as long as it is needed. */
export interface OpenSource extends AsyncDisposable {
  readonly folder: string;
  /** What to call it where it came from matters; no path of this machine. */
  readonly name: string;
}

export interface SourceOptions extends CallOptions {
  readonly endpoint?: string;
  readonly onProgress?: (progress: Progress) => void;
}
