import type { Embeddings } from '@aiwork/core';

/** What is answered about: vectors, and of which model they are. */
export interface AnsweredVectors extends Embeddings {
  readonly model: string;
  readonly dimensions: number;
}
