/** Checked by the compiler: every line under `@ts-expect-error` has to be refused, everything else accepted. */
import { defineAgent, defineFlow, defineTask, defineTool } from '@aiwork/core';
import { z } from 'zod';
import { createClient, type Execution, type ExecutionEvent, type JsonOf } from './index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function assertType<_ extends true>(): void {}

const read = defineTask({
  id: 'read',
  input: z.object({ path: z.string(), limit: z.number().default(10) }),
  run: ({ path }) => ({ text: path, at: new Date(), seen: new Set<string>(), size: 1n }),
});
const ping = defineTask({ id: 'ping', input: z.undefined(), run: () => 'pong' as const });
const lookup = defineTool({
  name: 'lookup',
  description: 'Looks up.',
  input: z.object({ q: z.string() }),
  run: ({ q }) => [q],
});
const judge = defineAgent({ id: 'judge', instructions: 'Judge.', output: z.object({ risk: z.number() }) });
const review = defineFlow({ id: 'review', input: z.object({ n: z.number() }) }, (f) =>
  f.step('half', { needs: { input: f.input }, run: ({ input }) => input.n / 2 }),
);
const units = { read, ping, lookup, judge, review, aiwork: { plugins: [] } };

export async function typed() {
  const client = createClient<typeof units>({ url: 'http://here' });

  const text = await client.execute('read', { path: 'a' });
  assertType<Equal<typeof text, { text: string; at: string; seen: readonly string[]; size: string }>>();
  assertType<Equal<Awaited<ReturnType<typeof client.execute<'ping'>>>, 'pong'>>();
  await client.execute('ping');
  await client.execute('ping', undefined, { tags: ['t'] });
  assertType<Equal<Awaited<ReturnType<typeof client.execute<'judge'>>>, { risk: number }>>();
  const words = await client.execute('lookup', { q: 'a' });
  assertType<Equal<typeof words, string[]>>();

  const reviewed = await client.start('review', { n: 1 }, { signal: AbortSignal.timeout(1) });
  assertType<Equal<Awaited<ReturnType<typeof reviewed.result>>, number>>();
  for await (const event of reviewed) {
    assertType<Equal<typeof event, ExecutionEvent>>();
    // @ts-expect-error nobody is told which process did it
    if (event.type === 'run.resumed') event.owner;
    if (event.type === 'step.succeeded') assertType<Equal<typeof event.stepId, string>>();
  }
  const again = await client.execution<'review'>('id').rerun({ from: 'half' });
  assertType<Equal<Awaited<ReturnType<typeof again.result>>, number>>();
  for await (const execution of client.list()) assertType<Equal<typeof execution, Execution>>();

  // @ts-expect-error there is no such unit
  await client.execute('raed', { path: 'a' });
  // @ts-expect-error that is no unit
  await client.execute('aiwork');
  // @ts-expect-error the input is another
  await client.execute('read', { path: 1 });
  // @ts-expect-error the input is missing
  await client.execute('read');
}

export async function untyped() {
  const client = createClient({ url: 'http://here' });
  const output = await client.execute('anything', { a: 1 });
  assertType<Equal<typeof output, unknown>>();
  await client.start('anything');
  // @ts-expect-error it is not known what it is
  output.text;
}

interface Tree {
  readonly value: number | undefined;
  readonly children: readonly Tree[];
}
assertType<Equal<JsonOf<Tree>['children'][number]['value'], number | undefined>>();
assertType<Equal<JsonOf<readonly [Date, 'a']>, readonly [string, 'a']>>();
assertType<Equal<JsonOf<Map<string, Date>>, readonly (readonly [string, string])[]>>();
assertType<Equal<JsonOf<Uint8Array>, readonly number[]>>();
assertType<Equal<JsonOf<{ a?: bigint }>, { a?: string }>>();
