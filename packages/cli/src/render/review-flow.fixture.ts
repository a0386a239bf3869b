import { defineAgent, defineFlow, defineTask } from '@aiwork/core';
import { z } from 'zod';

const doc = z.object({ text: z.string(), chunks: z.array(z.string()) });
const draft = z.object({ text: z.string(), score: z.number() });

const fetchDoc = defineTask({
  id: 'fetch-doc',
  input: z.object({ url: z.string() }),
  output: doc,
  run: ({ url }) => ({ text: url, chunks: [url] }),
});
const summarise = defineAgent({ id: 'summarise', instructions: 'Summarise.' });
const polish = defineTask({ id: 'polish', input: draft, output: draft, run: (given) => given });

/** A flow with a step of each kind. */
export const reviewFlow = defineFlow(
  { id: 'review-docs', version: '3', input: z.object({ url: z.string() }) },
  (f) => {
    const doc = f.call('doc', fetchDoc, { url: f.input.$.url }, { retry: { maxAttempts: 3 } });
    const summaries = f.map('summaries', summarise, { over: doc.$.chunks, concurrency: 4 });
    const quick = f.step('quick title', { needs: { doc }, run: ({ doc }) => doc.text });
    const careful = f.step('careful title', { needs: { doc }, run: ({ doc }) => doc.text });
    const title = f.race('title', { needs: { quick, careful } });
    const best = f.loop('polish', polish, {
      from: { text: doc.$.text, score: 0 },
      until: ({ score }) => score > 0.9,
      maxRounds: 5,
    });
    const rest = f.sleep('cool-down', { needs: { best }, for: '5m' });
    const approval = f.waitFor('approve', {
      needs: { draft: best, title },
      payload: z.object({ ok: z.boolean() }),
      expires: '2d',
    });
    const outcome = f.settle('outcome', {
      needs: { summaries, rest },
      run: ({ summaries }) => summaries.status,
    });
    return f.step('publish', {
      needs: { approval, outcome, title },
      when: ({ approval }) => approval.ok,
      run: ({ title }) => `published ${title}`,
    });
  },
);
