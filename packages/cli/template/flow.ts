import { defineFlow, defineTask } from '@aiwork/core';
import { z } from 'zod';

/** A task is one piece of work: what it takes is checked, and a failed attempt is repeated. */
const countWords = defineTask({
  id: 'count-words',
  input: z.string(),
  retry: { maxAttempts: 3 },
  run: (text) => ({ text, words: text.split(/\s+/).filter(Boolean).length }),
});

const texts = z.array(z.string()).min(1).default(['a short text', 'a text of some more words', 'two words']);

/** A flow says which steps there are and what they need of each other. */
export default defineFlow({ id: 'longest-text', input: z.object({ texts }) }, (f) => {
  const counts = f.map('counts', countWords, { over: f.input.$.texts });
  return f.step('longest', {
    needs: { counts },
    run: ({ counts }, ctx) => {
      ctx.log.info(`comparing ${counts.length} texts`);
      return counts.reduce((longest, each) => (each.words > longest.words ? each : longest));
    },
  });
});
