/** Checked by the compiler: every line under `@ts-expect-error` has to be refused, everything else accepted. */
import * as v from 'valibot';
import { z } from 'zod';
import { defineAgent, defineFlow, defineTask, defineTool, type Orchestrator, type Step } from '../index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function assertType<_ extends true>(): void {}
type OutputOf<S> = S extends Step<infer O> ? O : never;

const read = defineTask({
  id: 'read',
  input: z.object({ path: z.string(), limit: z.number().default(10) }),
  run: async ({ path, limit }) => {
    assertType<Equal<typeof limit, number>>();
    return { text: path, words: ['a', 'b'] };
  },
});
const count = defineTask({ id: 'count', input: v.string(), run: (text) => text.length });
const lookup = defineTool({
  name: 'lookup',
  description: 'Looks up.',
  input: z.object({ q: z.string() }),
  run: ({ q }) => [q],
});
const judge = defineAgent({
  id: 'judge',
  instructions: 'Judge.',
  tools: [lookup],
  output: z.object({ risk: z.number() }),
});
const writer = defineAgent({ id: 'writer', instructions: 'Write.' });

export const review = defineFlow(
  { id: 'review', input: z.object({ path: z.string(), n: z.number() }) },
  (f) => {
    const doc = f.call('doc', read, { path: f.input.$.path });
    const counts = f.map('counts', count, { over: doc.$.words });
    const counted = f.map('counted', count, { needs: { doc }, over: ({ doc }) => doc.words });
    const verdict = f.call('verdict', judge, doc.$.text);
    const letter = f.call('letter', writer, doc.$.text);
    const legal = f.waitFor('legal', {
      needs: { verdict },
      when: ({ verdict }) => verdict.risk > 0.5,
      payload: z.object({ ok: z.boolean() }),
    });
    const tolerated = f.call('tolerated', count, doc.$.text, { onError: 'continue' });
    const first = f.race('first', { needs: { doc, counts } });
    const paused = f.sleep('paused', { for: '1s' });
    const loop = f.loop('loop', defineTask({ id: 'inc', input: z.number(), run: (n) => n + 1 }), {
      from: () => 1,
      until: (n) => n > 3,
      maxRounds: 9,
    });
    const settled = f.settle('settled', {
      needs: { doc, verdict },
      run: ({ doc, verdict }) =>
        doc.status === 'succeeded' && verdict.status === 'failed' ? verdict.error.message : doc.status,
      undo: (output) => assertType<Equal<typeof output, string>>(),
    });

    assertType<Equal<OutputOf<typeof doc>, { text: string; words: string[] }>>();
    assertType<Equal<OutputOf<typeof counts>, number[]>>();
    assertType<Equal<OutputOf<typeof counted>, number[]>>();
    assertType<Equal<OutputOf<typeof verdict>, { risk: number }>>();
    assertType<Equal<OutputOf<typeof letter>, string>>();
    assertType<Equal<OutputOf<typeof legal>, { ok: boolean } | undefined>>();
    assertType<Equal<OutputOf<typeof tolerated>, number | undefined>>();
    assertType<Equal<OutputOf<typeof first>, { text: string; words: string[] } | number[]>>();
    assertType<Equal<OutputOf<typeof paused>, void>>();
    assertType<Equal<OutputOf<typeof loop>, number>>();
    assertType<Equal<OutputOf<typeof settled>, string>>();

    return f.step('publish', {
      needs: { doc, verdict, legal },
      run: ({ verdict, legal }, ctx) => {
        assertType<Equal<typeof ctx.signal, AbortSignal>>();
        // @ts-expect-error – it may have been skipped
        legal.ok;
        return { published: legal?.ok ?? true, risk: verdict.risk };
      },
    });
  },
);

defineFlow({ id: 'wrong', input: z.object({ n: z.number() }) }, (f) => {
  // @ts-expect-error – a ref to a number where a text is needed
  f.call('a', read, { path: f.input.$.n });
  // @ts-expect-error – the input has no such field
  f.call('b', read, { path: f.input.$.nope });
  // @ts-expect-error – a number where a text is needed
  f.call('c', read, { path: 42 });
  // @ts-expect-error – a field is missing
  f.call('d', read, {});
  // @ts-expect-error – items of the wrong type
  f.map('e', count, { over: () => [1, 2] });
  // @ts-expect-error – a unit that does not give what it takes
  f.loop('f', count, { from: () => 'x', until: () => true, maxRounds: 1 });
  // @ts-expect-error – a step where its output is needed
  f.call('g', count, f.input);
  // @ts-expect-error – not among the needs
  return f.step('h', { needs: { input: f.input }, run: ({ other }) => other });
});

const maybeCount = defineTask({
  id: 'maybe-count',
  input: z.string().optional(),
  run: (text) => text?.length,
});
defineFlow({ id: 'lacking', input: z.object({ page: z.object({ title: z.string() }).nullable() }) }, (f) => {
  const extra = f.step('extra', { when: () => false, run: () => ({ text: 'x', words: ['y'] }) });
  f.call('a', maybeCount, extra.$.text);
  f.call('b', maybeCount, f.input.$.page.title);
  // @ts-expect-error – it may have been skipped
  f.call('c', count, extra.$.text);
  // @ts-expect-error – the step gives no such field
  f.call('d', maybeCount, extra.$.nope);
  // @ts-expect-error – there may be no list
  return f.map('e', count, { over: extra.$.words });
});

const told = defineTask({ id: 'told', input: z.object({ message: z.string() }), run: () => {} });
const asked = defineTask({ id: 'asked', input: z.object({ message: z.number() }), run: () => {} });
defineFlow({ id: 'ended', input: z.object({}), onFailure: told, onCancel: told }, (f) => {
  // @ts-expect-error – a wait makes no attempts that could time out
  f.waitFor('a', { payload: z.string(), timeout: '1s' });
  return f.waitFor('b', {
    payload: z.string(),
    undo: (output) => assertType<Equal<typeof output, string>>(),
  });
});
// @ts-expect-error – an error's message is no number
defineFlow({ id: 'ended', input: z.object({}), onFailure: asked }, (f) => f.input);

// @ts-expect-error – a tool has to be described to models, and this schema cannot be
defineTool({ name: 't', description: 'x', input: v.string(), run: (text) => text });

export async function starts(ai: Orchestrator): Promise<void> {
  const run = await ai.start(review, { path: 'x', n: 1 });
  const result = await run.result();
  assertType<Equal<typeof result, { published: boolean; risk: number }>>();
  // @ts-expect-error – an input of the wrong type
  await ai.start(review, { path: 1, n: 1 });
  // @ts-expect-error – a field is missing
  await ai.start(review, { path: 'x' });
  // The default of a schema may be left out by the caller.
  await ai.start(read, { path: 'x' });
}
