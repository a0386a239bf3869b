import { z } from 'zod';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';

const doc = z.object({ text: z.string(), chunks: z.array(z.string()) });
const draft = z.object({ text: z.string(), score: z.number() });

const fetchDoc = defineTask({
  id: 'fetch-doc',
  input: z.object({ url: z.string(), depth: z.number() }),
  output: doc,
  run: ({ url }) => ({ text: url, chunks: [url] }),
});
const summarise = defineAgent({ id: 'summarise', instructions: 'Summarise.' });
const polish = defineTask({ id: 'polish', input: draft, output: draft, run: (given) => given });
const report = defineTask({ id: 'report', input: z.any(), run: () => undefined });

/** A flow with a step of each kind; how it is printed stands in `printed-review-docs.fixture.ts`. */
export const reviewDocs = defineFlow(
  {
    id: 'review-docs',
    version: '3',
    input: z.object({ url: z.string() }),
    tags: ['docs', 'nightly'],
    schedule: { cron: '0 6 * * *', timezone: 'Europe/Zurich', input: { url: 'https://example.com' } },
    onFailure: report,
    timeout: '1h',
    retry: { maxAttempts: 2 },
  },
  (f) => {
    const doc = f.call(
      'doc',
      fetchDoc,
      { url: f.input.$.url, depth: 2 },
      { timeout: '10s', retry: { maxAttempts: 4, minDelay: '100ms', retryOn: () => true } },
    );
    const summaries = f.map('summaries', summarise, { over: doc.$.chunks, concurrency: 4 });
    const fast = f.step('fast-title', { needs: { doc }, run: ({ doc }) => doc.text });
    const slow = f.step('slow-title', { needs: { doc }, run: ({ doc }) => doc.text });
    const title = f.race('title', { needs: { fast, slow } });
    const best = f.loop('polish', polish, {
      from: { text: doc.$.text, score: 0 },
      until: ({ score }) => score > 0.9,
      maxRounds: 5,
    });
    const rest = f.sleep('cool-down', { needs: { best }, for: '5m' });
    const approval = f.waitFor('approve', {
      needs: { best, title, "the editor's title": title },
      payload: z.object({ ok: z.boolean() }),
      prompt: ({ best }) => best.text,
      expires: '2d',
    });
    const outcome = f.settle('outcome', {
      needs: { summaries, rest },
      run: ({ summaries }) => summaries.status,
    });
    const publish = f.step('publish', {
      needs: { approval, outcome, title },
      when: ({ approval }) => approval.ok,
      onError: 'continue',
      undo: () => undefined,
      run: ({ title }) => `published ${title}`,
    });
    f.step('log', { run: () => 'done' });
    return publish;
  },
);
