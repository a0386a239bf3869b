// biome-ignore-all lint/suspicious/noExplicitAny: printed, with types only where a graph has them
import {
  type AnyUnit,
  defineFlow,
  type Outcome,
  type RunContext,
  type Schema,
  type Task,
  type WireSchema,
} from '@aiwork/core';

/** What the flow is made of, by the names its graph has for it. */
export interface ReviewDocsParts {
  readonly units: {
    readonly 'task:report': Task<any, any>;
    readonly 'task:fetch-doc': AnyUnit;
    readonly 'agent:summarise': AnyUnit;
    readonly 'task:polish': AnyUnit;
  };
  readonly code: {
    readonly 'doc.retryOn': (error: unknown) => boolean;
    readonly 'fast-title.run': (needs: { doc: any }, ctx: RunContext) => any;
    readonly 'slow-title.run': (needs: { doc: any }, ctx: RunContext) => any;
    readonly 'polish.until': (value: any, round: number) => boolean;
    readonly 'approve.prompt': (needs: { best: any; title: any; "the editor's title": any }) => unknown;
    readonly 'outcome.run': (needs: { summaries: Outcome<any>; rest: Outcome<any> }, ctx: RunContext) => any;
    readonly 'publish.run': (needs: { approval: any; outcome: any; title: any }, ctx: RunContext) => any;
    readonly 'publish.when': (needs: {
      approval: any;
      outcome: any;
      title: any;
    }) => boolean | Promise<boolean>;
    readonly 'publish.undo': (output: any, ctx: RunContext) => Promise<void> | void;
    readonly 'log.run': (needs: object, ctx: RunContext) => any;
  };
  readonly schemas: {
    readonly input: Schema;
    readonly 'approve.payload': WireSchema;
  };
}

export const reviewDocs = ({ units, code, schemas }: ReviewDocsParts) =>
  defineFlow(
    {
      id: 'review-docs',
      version: '3',
      input: schemas.input,
      tags: ['docs', 'nightly'],
      schedule: { cron: '0 6 * * *', timezone: 'Europe/Zurich', input: { url: 'https://example.com' } },
      onFailure: units['task:report'],
      retry: { maxAttempts: 2 },
      timeout: '1h',
    },
    (f) => {
      const doc = f.call(
        'doc',
        units['task:fetch-doc'],
        { url: f.input.$.url, depth: 2 },
        { retry: { maxAttempts: 4, minDelay: '100ms', retryOn: code['doc.retryOn'] }, timeout: '10s' },
      );
      const summaries = f.map('summaries', units['agent:summarise'], { over: doc.$.chunks, concurrency: 4 });
      const fastTitle = f.step('fast-title', { needs: { doc }, run: code['fast-title.run'] });
      const slowTitle = f.step('slow-title', { needs: { doc }, run: code['slow-title.run'] });
      const title = f.race('title', { needs: { fast: fastTitle, slow: slowTitle } });
      const polish = f.loop('polish', units['task:polish'], {
        from: { text: doc.$.text, score: 0 },
        until: code['polish.until'],
        maxRounds: 5,
      });
      const coolDown = f.sleep('cool-down', { needs: { best: polish }, for: '5m' });
      const approve = f.waitFor('approve', {
        needs: { best: polish, title, "the editor's title": title },
        payload: schemas['approve.payload'],
        prompt: code['approve.prompt'],
        expires: '2d',
      });
      const outcome = f.settle('outcome', { needs: { summaries, rest: coolDown }, run: code['outcome.run'] });
      const publish = f.step('publish', {
        needs: { approval: approve, outcome, title },
        when: code['publish.when'],
        run: code['publish.run'],
        undo: code['publish.undo'],
        onError: 'continue',
      });
      f.step('log', { run: code['log.run'] });
      return publish;
    },
  );
