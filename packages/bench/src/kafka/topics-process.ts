import type { Isolated } from '../isolated/isolate.ts';

/** The topics that clients are measured on, kept by a client that is none of them. */
export type Topics = Isolated<typeof import('./topics.ts')>;
