import { z } from 'zod';

/** A part of a file that can be found by itself. */
export const passage = z.object({
  file: z.string(),
  /** Of its first line, from 1. */
  line: z.int(),
  text: z.string(),
});

export type Passage = z.infer<typeof passage>;
