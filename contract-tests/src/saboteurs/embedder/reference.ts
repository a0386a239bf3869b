import type { Embedder } from '@aiwork/core';
import { embedded, type Subject } from '../../engine/subject.ts';
import { createReferenceEmbedder, type EmbedderParts } from './reference-embedder.ts';

/** A correct embedder: what saboteurs are made of. */
export const referenceEmbedder = (changes: Partial<EmbedderParts> = {}): Subject<Embedder> => ({
  secondClient: true,
  service: embedded,
  open: () => createReferenceEmbedder(changes),
});

/** The mistake is in a part of every embedder. */
export const madeOf = (changes: Partial<EmbedderParts>) => () => referenceEmbedder(changes);
