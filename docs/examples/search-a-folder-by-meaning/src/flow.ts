import { defineFlow } from '@aiwork/core';
import { z } from 'zod';
import { findByMeaning } from './find-by-meaning.ts';
import { readFolder } from './read-folder.ts';

/** Finds the passages of a folder that mean what is asked. Any embedder will do: `aiwork serve flow.ts --model …` has one. */
export const search = defineFlow(
  {
    id: 'search-by-meaning',
    input: z.object({ folder: z.string(), query: z.string(), topK: z.int().min(1).default(3) }),
  },
  (f) => {
    const passages = f.step('passages', {
      needs: { asked: f.input },
      run: ({ asked }, { signal }) => readFolder(asked.folder, signal),
    });
    return f.step('hits', {
      needs: { asked: f.input, passages },
      run: ({ asked, passages }, { use, signal }) => findByMeaning(use('embedder'), asked, passages, signal),
    });
  },
);
