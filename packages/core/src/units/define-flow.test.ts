import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineFlow } from './define-flow.ts';
import type { FlowBuilder } from './flow.ts';
import { fromGraph } from './from-graph.ts';
import type { Step } from './ref.ts';
import { defineTask } from './task.ts';

// biome-ignore lint/suspicious/noExplicitAny: steps of any output
type AnyOutput = Step<any>;

const task = defineTask({ id: 'task', input: z.unknown(), run: () => 1 });

const define = (build: (f: FlowBuilder<{ n: number }>) => AnyOutput) =>
  defineFlow({ id: 'flow', input: z.object({ n: z.number() }) }, build);

/** The code and message a definition is refused with. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
  return 'it was accepted';
}

describe('a definition', () => {
  it.each<[string, (f: FlowBuilder<{ n: number }>) => AnyOutput, RegExp]>([
    [
      'two steps of one id',
      (f) => [1, 2].map((n) => f.step('a', { run: () => n }))[0] as AnyOutput,
      /DUPLICATE_ID: flow "flow" has two steps called "a"/,
    ],
    [
      'a need that is no step',
      (f) => f.step('a', { needs: { x: { id: 'x' } as never }, run: () => 1 }),
      /UNKNOWN_NEED: needs\.x of step "a"/,
    ],
    [
      'a ref as need',
      (f) => f.step('a', { needs: { x: f.input.$ as never }, run: () => 1 }),
      /is a ref \(\$\): give the step itself/,
    ],
    [
      'a step as input',
      (f) => f.call('a', task, f.input as never),
      /input of step "a" is a step: give its output with \.\$/,
    ],
    [
      'a date among constants',
      (f) => f.call('a', task, { at: new Date() } as never),
      /input of step "a"\.at is a Date/,
    ],
    ['an empty id', (f) => f.step('', { run: () => 1 }), /has 0 characters/],
    ['a line break in an id', (f) => f.step('a\nb', { run: () => 1 }), /control character or line break/],
    ['an id of a part', (f) => f.step('a[0]', { run: () => 1 }), /are kept for parts of steps/],
    [
      'no code',
      (f) => f.step<unknown>('a', {} as never),
      /run of step "a" of flow "flow" is missing: give a function/,
    ],
    [
      'no build function',
      undefined as never,
      /ARGUMENT: the build function of flow "flow" is missing: give a/,
    ],
    ['no unit', (f) => f.call('a', {} as never, 1), /the unit of step "a" of flow "flow" is not a unit/],
    [
      'two units of one id',
      (f) => {
        f.call('a', task, 1);
        return f.call('b', defineTask({ id: 'task', input: z.unknown(), run: () => 2 }), 1);
      },
      /DUPLICATE_ID: .*second task called "task"/,
    ],
    [
      'a loop without end',
      (f) => f.loop('a', task as never, { from: () => 1, until: () => true, maxRounds: 0 }),
      /maxRounds of step "a"/,
    ],
    [
      'a timeout in words',
      (f) => f.step('a', { timeout: '5 minutes' as never, run: () => 1 }),
      /timeout of step "a" of flow "flow" is "5 minutes": give milliseconds/,
    ],
    [
      'no attempts',
      (f) => f.step('a', { retry: { maxAttempts: 0 }, run: () => 1 }),
      /retry\.maxAttempts of step "a"/,
    ],
    ['a race of nobody', (f) => f.race('r', { needs: {} as { x: AnyOutput } }), /race "r" has no contenders/],
    [
      'a step that needs a contender',
      (f) => {
        const a = f.step('a', { run: () => 1 });
        f.race('r', { needs: { a } });
        return f.step('b', { needs: { a }, run: () => 1 });
      },
      /step "b" needs "a", which may lose race "r"/,
    ],
    [
      'nothing to give',
      () => undefined as never,
      /what the build function of flow "flow" returns is not a step/,
    ],
    [
      'a ref used as a value',
      (f) => f.step(`a${f.input.$.n as never}`, { run: () => 1 }),
      /\$input\.\$\.n is used as a value/,
    ],
  ])('is refused: %s', (_, build, message) => {
    expect(refusal(() => define(build))).toMatch(message);
  });

  it('with steps of another flow is refused', () => {
    let foreign: AnyOutput | undefined;
    define((f) => {
      foreign = f.step('x', { run: () => 1 });
      return foreign;
    });
    expect(
      refusal(() => define((f) => f.step('a', { needs: { foreign: foreign as never }, run: () => 1 }))),
    ).toMatch(/not a step of this flow/);
    expect(refusal(() => define((f) => f.call('a', task, { x: foreign?.$ })))).toMatch(
      /not a step of this flow/,
    );
  });

  it.each([
    ['a cron expression with three fields', { cron: '0 6 *' }, /cron is "0 6 \*"/],
    [
      'a time zone that is none',
      { cron: '0 6 * * *', timezone: 'Mars/Olympus' },
      /timezone is "Mars\/Olympus"/,
    ],
    ['an overlap that is none', { cron: '0 6 * * *', overlap: 'maybe' as never }, /overlap is "maybe"/],
  ])('with %s is refused', (_, schedule, message) => {
    expect(refusal(() => defineFlow({ id: 's', input: z.unknown(), schedule }, (f) => f.input))).toMatch(
      message,
    );
  });

  it('does not stumble when a handle is logged, awaited or copied', async () => {
    await define((f) => {
      void Promise.resolve(f.input.$);
      expect(JSON.stringify(f.input.$)).toBe('{}');
      expect(typeof (f.input.$ as { then?: unknown }).then).not.toBe('function');
      return f.input;
    });
  });
});

describe('fromGraph', () => {
  const flow = define((f) => {
    const a = f.step('a', { needs: { input: f.input }, run: ({ input }) => input.n });
    return f.call('b', task, { a: a.$ });
  });

  it('gives the same flow again', () => {
    expect(fromGraph(flow.toGraph(), flow.parts()).toGraph()).toEqual(flow.toGraph());
  });

  it('names the circle when steps need each other', () => {
    const graph = flow.toGraph();
    const nodes = [
      ...graph.nodes,
      { kind: 'race' as const, id: 'x', needs: { y: 'y' } },
      { kind: 'race' as const, id: 'y', needs: { z: 'z' } },
      { kind: 'race' as const, id: 'z', needs: { x: 'x' } },
    ];
    expect(refusal(() => fromGraph({ ...graph, nodes }, flow.parts()))).toMatch(
      /AIWORK_CYCLE: .*in a circle: (x → z → y → x|y → x → z → y|z → y → x → z|x → y → z → x|y → z → x → y|z → x → y → z)/,
    );
  });

  it('names a need that is not there, and parts that are missing', () => {
    const graph = flow.toGraph();
    const lost = {
      ...graph,
      nodes: [...graph.nodes, { kind: 'race' as const, id: 'x', needs: { y: 'nowhere' } }],
    };
    expect(refusal(() => fromGraph(lost, flow.parts()))).toMatch(/AIWORK_UNKNOWN_NEED.*"nowhere"/);
    expect(refusal(() => fromGraph(graph, { ...flow.parts(), code: {} }))).toMatch(/"a\.run"/);
    expect(refusal(() => fromGraph(graph, { ...flow.parts(), units: {} }))).toMatch(/task "task"/);
    expect(refusal(() => fromGraph({ ...graph, format: 9 as never }, flow.parts()))).toMatch(
      /reads format 1/,
    );
  });
});

describe('a graph', () => {
  it('has a hash that changes with its meaning, not with its version or the code in it', () => {
    const make = (version: string, id: string) =>
      defineFlow({ id: 'h', version, input: z.unknown() }, (f) =>
        f.step(id, { run: () => Math.random() }),
      ).toGraph().hash;
    expect(make('1', 'a')).toBe(make('2', 'a'));
    expect(make('1', 'a')).not.toBe(make('1', 'b'));
  });

  it('is data: it survives JSON', () => {
    const graph = define((f) =>
      f.waitFor('w', { payload: z.object({ ok: z.boolean() }), expires: '1d' }),
    ).toGraph();
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
    expect(graph.nodes[0]).toMatchObject({ kind: 'wait', payloadSchema: { type: 'object' } });
  });

  it('cannot be changed by who holds it', () => {
    const graph = define((f) => f.call('a', task, { list: [1] })).toGraph();
    expect(() => (graph.nodes as unknown[]).push({})).toThrow(TypeError);
  });
});
