import { readFile } from 'node:fs/promises';
import {
  type AnyFlow,
  defineFlow,
  defineTask,
  type FlowNode,
  type Policy,
  type StepOptions,
} from '@aiwork/core';
import { format } from '@wasm-fmt/ruff_fmt';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as flows from './example-flows.fixture.ts';
import { airflowExporter, airflowTasks, exportFlow } from './export-flow.ts';
import type { AirflowExportOptions, AirflowRunner } from './options.ts';

const examples = Object.values(flows).filter((value): value is AnyFlow => 'toGraph' in value);
const options = { file: 'flows/all.ts', approximate: true } as const;
const content = (flow: AnyFlow, more: object = {}) =>
  exportFlow(flow, { ...options, ...more })[0]?.content ?? '';

/** A flow of one step under a policy. */
const under = (policy: Policy & Pick<StepOptions<object, number>, 'undo'>, flowOptions: object = {}) =>
  defineFlow({ id: 'flow', input: z.object({}), ...flowOptions }, (f) =>
    f.step('only', { ...policy, run: () => 1 }),
  );

describe('exportFlow', () => {
  const runners: readonly AirflowRunner[] = [
    { kind: 'subprocess' },
    { kind: 'docker', image: 'registry/flows:1', arguments: { network_mode: 'bridge' } },
    { kind: 'kubernetes', image: 'registry/flows:1', arguments: { namespace: 'flows' } },
  ];

  it.each(runners)('writes what a formatter would leave as it is, for $kind', (runner) => {
    for (const flow of [...examples, wide()]) {
      const text = content(flow, { runner });
      expect(format(text, 'dag.py', { indent_style: 'space', line_width: 88 })).toBe(text);
    }
  });

  it('gives equal bytes for equal flows, whatever the order of keys', () => {
    const reversed = <T>(value: T): T => {
      if (Array.isArray(value)) return value.map(reversed) as T;
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([k, v]) => [k, reversed(v)]),
      ) as T;
    };
    for (const flow of examples) {
      const graph = reversed(flow.toGraph());
      expect(content({ ...flow, toGraph: () => graph })).toBe(content(flow));
    }
  });

  it('refuses a flow that goes in a circle', () => {
    const flow = under({});
    const [node] = flow.toGraph().nodes;
    const graph = { ...flow.toGraph(), nodes: [{ ...(node as FlowNode), needs: { only: 'only' } }] };
    expect(() => exportFlow({ ...flow, toGraph: () => graph }, options)).toThrow(
      expect.objectContaining({ code: 'AIWORK_CYCLE' }),
    );
  });

  it('refuses an option that it does not have, or that is none', () => {
    const refused = (given: object, message: string) =>
      expect(() => exportFlow(under({}), { ...options, ...given })).toThrow(message);
    refused({ ownr: 'me' }, 'has no option "ownr"');
    refused({ file: '' }, `option "file" of the Airflow exporter is ''`);
    refused({ command: ['a\0b'] }, 'option "command"');
    refused({ maxActiveTasks: 2 ** 31 }, 'option "maxActiveTasks"');
    refused({ maxAnswerBytes: 1n }, 'option "maxAnswerBytes" of the Airflow exporter is 1n');
    refused({ payloads: { folder: '/p', inlinebytes: 1 } }, 'option "payloads"');
    refused({ payloads: { folder: '/p' }, maxAnswerBytes: 1000 }, 'make inlineBytes smaller');
    refused({ runner: { kind: 'docker' } }, 'option "runner"');
    refused({ runner: { kind: 'subprocess', image: 'i' } }, 'option "runner"');
    refused({ runner: { kind: 'docker', image: 'i' }, cwd: '/' }, 'option "cwd"');
  });

  it.each([
    ['is no number', Number.NaN],
    ['is a bigint', 1n],
    ['is a Date', new Date(0)],
    ['is a function', () => 1],
  ])('refuses an argument of an operator that %s, which Python could not be told', (_, value) => {
    const runner = { kind: 'docker', image: 'i', arguments: { given: [value] } };
    expect(() => exportFlow(under({}), { ...options, runner } as AirflowExportOptions)).toThrow(
      expect.objectContaining({ code: 'AIWORK_NOT_SERIALIZABLE' }),
    );
  });

  it.each(['image', 'task_id', 'step', 'a b', 'x=1)\n', 'pool'])(
    'refuses the argument %j of an operator, which would break the file',
    (name) => {
      const runner = { kind: 'kubernetes', image: 'i', arguments: { [name]: 1 } } as const;
      expect(() => exportFlow(under({}), { ...options, runner })).toThrow(`has ${JSON.stringify(name)}`);
    },
  );

  it('lets scheduled runs not overlap, however many others may', () => {
    const schedule = { cron: '0 6 * * *' };
    expect(content(under({}, { concurrency: 3 }))).toContain('max_active_runs=3');
    expect(content(under({}, { concurrency: 3, schedule }))).toContain('max_active_runs=1');
  });

  it('tells apart files of flows that differ in case only', () => {
    const paths = ['flow', 'Flow', 'FLOW'].map(
      (id) => exportFlow({ ...under({}, { id }) }, options)[0]?.path,
    );
    expect(new Set(paths.map((path) => path?.toLowerCase())).size).toBe(3);
  });

  it('gives each task an id of its own, also where steps are called as what it adds', () => {
    const flow = defineFlow({ id: 'clashes', input: z.object({}) }, (f) => {
      const ids = ['a b', 'a_u20_b', 'a', 'a.over', 'flow-ending', 'x'.repeat(250), `${'x'.repeat(249)}y`];
      const steps = ids.map((id) => f.step(id, { run: () => 1 }));
      f.map('a-map', defineTask({ id: 'one', input: z.number(), run: (n) => n }), { over: [1] });
      return steps[0] as (typeof steps)[number];
    });
    const ids = airflowTasks(flow, options).map(({ taskId }) => taskId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(200);
  });

  it('hands tasks no secrets of Airflow, and with names no more than those', () => {
    expect(content(under({}))).toContain('if not name.startswith(own)');
    expect(content(under({}), { env: ['API_KEY'] })).toContain('ENVIRONMENT = ["API_KEY"]');
  });

  it('makes parameters of the input schema, with what a schedule starts it with', () => {
    const input = z.object({
      n: z.number().min(1),
      s: z
        .string()
        .regex(/a(?<b>c)/)
        .optional(),
      kind: z.enum(['a', 'b']),
    });
    const schedule = { cron: '0 6 * * *', input: { n: 3, kind: 'b' } };
    const text = content(under({}, { input, schedule }));
    expect(text).toContain('"n": Param(3, minimum=1, type="number")');
    expect(text).toContain('"s": Param(None, type=["string", "null"])');
    expect(text).toContain('OPTIONAL = {"s": False}');
    expect(text).toContain('"kind": Param("b", enum=["a", "b"], type="string")');
  });

  it('lets a run be started with nothing where the flow takes anything', () => {
    expect(content(under({}, { input: z.unknown() }))).toContain('"input": Param(None)');
    expect(content(under({}, { input: z.number() }))).toContain('"input": Param(type="number")');
  });

  it('waits between attempts as long as the flow says', () => {
    const retry = { maxAttempts: 3, minDelay: '90s', maxDelay: '1h' } as const;
    expect(content(under({ retry }))).toContain('retry_delay=timedelta(seconds=90)');
    expect(content(under({ retry }))).toContain('max_retry_delay=timedelta(hours=1)');
    const fixed = { maxAttempts: 2, backoff: 'fixed', minDelay: '2m', maxDelay: '30s' } as const;
    expect(content(under({ retry: fixed }))).toContain('retry_delay=timedelta(seconds=30)');
  });

  it('makes parameters that Airflow takes of what may be null, or left out, or both', () => {
    const input = z.object({
      both: z.string().nullish(),
      choice: z.enum(['a', 'b']).optional(),
      null: z.string().nullable(),
      anything: z.any().optional(),
    });
    const text = content(under({}, { input, schedule: { cron: '0 6 * * *', input: { null: null } } }));
    expect(text).toContain('"both": Param(None, type=["string", "null"])');
    expect(text).toContain('"choice": Param(None, examples=["a", "b"], type=["string", "null"])');
    expect(text).toContain('"null": Param(None, type=["string", "null"])');
    expect(text).toContain('OPTIONAL = {"anything": True, "both": True, "choice": False}');
  });

  it('refuses a schedule without the input that the flow needs, which Airflow would not read', () => {
    const flow = under({}, { input: z.object({ n: z.number() }), schedule: { cron: '0 6 * * *' } });
    expect(() => exportFlow(flow, options)).toThrow('its schedule gives none');
  });
});

describe('what cannot be carried over', () => {
  const limited = defineTask({ id: 'limited', input: z.number(), concurrency: 2, run: (n) => n });
  const cases: Readonly<Record<string, AnyFlow>> = {
    undo: under({ undo: () => {} }),
    rateLimit: under({ rateLimit: { limit: 1, per: '1s' } }),
    'retry with exponential backoff and no jitter': under({ retry: { maxAttempts: 2, jitter: false } }),
    'a budget for all attempts together': under({ retry: { maxAttempts: 2 }, budget: { tokens: 5 } }),
    'the concurrency limit "task:limited"': defineFlow({ id: 'flow', input: z.object({}) }, (f) => {
      f.call('one', limited, 1);
      return f.call('two', limited, 2);
    }),
    'a race': flows.race,
    waitFor: flows.asked,
    '2 schedules': under({}, { schedule: [{ cron: '0 6 * * *' }, { cron: '0 7 * * *' }] }),
    "overlap 'cancel-previous'": under({}, { schedule: { cron: '0 6 * * *', overlap: 'cancel-previous' } }),
    'the seconds of the schedule': under({}, { schedule: { cron: '30 0 6 * * *' } }),
    'budget of the whole flow': under({}, { budget: { tokens: 5 } }),
    'rateLimit of the whole flow': under({}, { rateLimit: { limit: 1, per: '1s' } }),
    'the tag': under({}, { tags: ['x'.repeat(101)] }),
    'onFailure of a flow that has a timeout': under(
      {},
      {
        timeout: '1m',
        onFailure: defineTask({ id: 'tell', input: z.object({ message: z.string() }), run: () => 1 }),
      },
    ),
    'a concurrency limit with a key': under({}, { concurrency: { limit: 2, key: 'k' } }),
  };

  it.each(Object.entries(cases))(
    'is refused with the flow and the reason, or written as a comment: %s',
    (what, flow) => {
      let said = '';
      try {
        exportFlow(flow, { file: 'flows/all.ts' });
      } catch (error) {
        expect(error).toMatchObject({ code: 'AIWORK_UNSUPPORTED_CAPABILITY', outcome: 'not-applied' });
        said = String(error);
      }
      expect(said).toContain(`flow "${flow.id}"`);
      expect(said).toContain(`: ${what}`);
      expect(content(flow)).toContain('# Not as in the flow: ');
    },
  );

  it('is refused even so where nothing comes near', () => {
    const waiting = defineFlow({ id: 'waiting', input: z.object({}) }, (f) =>
      f.waitFor('w', { payload: z.object({}) }),
    );
    const flow = defineFlow({ id: 'flow', input: z.object({}) }, (f) =>
      f.call('c', waiting, {}, { timeout: '1m' }),
    );
    expect(() => exportFlow(flow, options)).toThrow('waitFor inside of flow "waiting"');
  });

  it('is said all at once', () => {
    const flow = under({ undo: () => {}, rateLimit: { limit: 1, per: '1s' } }, { budget: { tokens: 5 } });
    const refused = () => exportFlow(flow, { file: 'flows/all.ts' });
    expect(refused).toThrow('undo');
    expect(refused).toThrow('rateLimit');
    expect(refused).toThrow('budget');
  });

  it('is fewer where pools are named', () => {
    const flow = cases['the concurrency limit "task:limited"'] as AnyFlow;
    const text = exportFlow(flow, { file: 'a.ts', pools: { 'task:limited': 'two' } })[0]?.content;
    expect(text).toContain('pool="two"');
  });
});

describe('the table of the README', () => {
  it('has a line for every kind of step, and every field of a step, a policy, a schedule and a flow', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const graphFile = new URL('../../../packages/core/src/flow-graph.ts', import.meta.url);
    const policyFile = new URL('../../../packages/core/src/policy.ts', import.meta.url);
    const [graph, policy] = await Promise.all([readFile(graphFile, 'utf8'), readFile(policyFile, 'utf8')]);
    const kinds = [...graph.matchAll(/Node<\s*'(\w+)'/g)].map(([, kind]) => kind as string);
    const fieldsOf = (source: string, name: string) => {
      const [, body = ''] = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
      return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, field]) => field as string);
    };
    const wanted = [
      ...kinds,
      ...fieldsOf(graph, 'NodeBase').filter((field) => field !== 'id' && field !== 'policy'),
      ...fieldsOf(policy, 'Policy'),
      ...fieldsOf(policy, 'Retry').map((field) => `retry.${field}`),
      ...fieldsOf(graph, 'Schedule').map((field) => `schedule.${field}`),
      ...['inputSchema', 'tags', 'onFailure', 'onCancel'],
    ];
    expect(kinds).toContain('wait');
    expect(wanted.length).toBeGreaterThan(30);
    const lines = readme.split('\n').filter((line) => line.startsWith('| '));
    expect(
      wanted.filter((what) => !lines.some((line) => line.split('|')[1]?.includes(`\`${what}\``))),
    ).toEqual([]);
  });
});

describe('airflowExporter', () => {
  it('takes what is not said in a call from its own options', async () => {
    const exporter = airflowExporter({ owner: 'data-team' });
    const [file] = await exporter.export(under({}), { file: 'flows/all.ts' });
    expect(file?.content).toContain('"owner": "data-team"');
  });

  it('writes nothing for who has given up', async () => {
    const aborted = { file: 'flows/all.ts', signal: AbortSignal.abort(new Error('enough')) };
    await expect(airflowExporter().export(under({}), aborted)).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
    });
  });
});

/** A flow with names that go to the end of lines. */
function wide(): AnyFlow {
  return defineFlow({ id: 'wide', input: z.object({}), tags: ['a'.repeat(60), 'b'.repeat(60)] }, (f) => {
    const steps = Array.from({ length: 60 }, (_, n) =>
      f.step(`${'step '.repeat(n % 12)}${n}`, { run: () => n }),
    );
    const needs = Object.fromEntries(steps.map((step, n) => [`n${n}`, step]));
    return f.settle('all of them', { needs, run: () => 1 });
  });
}
