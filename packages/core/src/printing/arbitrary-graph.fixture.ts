import fc from 'fast-check';
import { z } from 'zod';
import type { Binding, FlowGraph, FlowNode, PolicyData } from '../flow-graph.ts';
import type { Schema } from '../schema.ts';
import { defineAgent } from '../units/agent.ts';
import type { FlowParts } from '../units/flow.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { defineTask } from '../units/task.ts';
import { defineTool } from '../units/tool.ts';

/** A graph as a designer may give it (nodes in any order, code under any name) and the parts it names. */
export interface DrawnFlow {
  readonly graph: FlowGraph;
  readonly parts: FlowParts;
}

const hostile = [
  "it's",
  '"quoted"',
  'both \' and "',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it has to stay text
  '`${process.exit(1)}`',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it has to stay text
  '${x}',
  '\\',
  "\\'",
  "'); process.exit(1); ('",
  '*/ process.exit(1) /*',
  '// line',
  '</script>',
  '__proto__',
  'constructor',
  'toString',
  'then',
  'toJSON',
  'class',
  'await',
  'f',
  'units',
  'code',
  'schemas',
  'defineFlow',
  'a-b',
  'aB',
  'a b',
  'a_b',
  'a1',
  'a11',
  '1',
  '0',
  '👩‍👩‍👧 family',
  'prüfen',
  'пуск',
  '要約する',
  '\u202Eright to left',
  '\u00a0',
  'x'.repeat(250),
  ' ',
];
const breaking = ['\u2028', '\u2029', '\n', '\r\n', '\t', '\u0000', '\ufeff', '\ud800', ''];

const text = fc.oneof(fc.constantFrom(...hostile, ...breaking), fc.string({ unit: 'binary' }), fc.string());
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
);
const isStepId = (id: string) =>
  !/[[\]/]/.test(id) && !id.startsWith('$') && /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(id);
const stepId = name.map((id) => id.replaceAll(/[[\]/]/g, '-').replace(/^\$+/, '')).filter(isStepId);

const constant = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(text, tie('value')), { maxLength: 3 })
      .map((fields) => Object.fromEntries(fields) as unknown),
  ),
})).value;

const natural = fc.nat(1000);
const codeName = name;
const code = codeName.map((code) => ({ code }));
const duration = fc.constantFrom<PolicyData['timeout'] & {}>('250ms', '1.5s', '5m', '2h', '7d', 0, 1500);
const some = { requiredKeys: [] };

const policy: fc.Arbitrary<PolicyData> = fc.record(
  {
    retry: fc.record(
      {
        maxAttempts: fc.integer({ min: 1, max: 9 }),
        backoff: fc.constantFrom('fixed' as const, 'exponential' as const),
        minDelay: duration,
        maxDelay: duration,
        jitter: fc.boolean(),
        retryOn: code,
      },
      { requiredKeys: ['maxAttempts'] },
    ),
    timeout: duration,
    budget: fc.record(
      { tokens: natural, cost: fc.double({ min: 0, max: 9, noNaN: true }), wallTime: duration },
      some,
    ),
    priority: fc.integer(),
    concurrency: fc.oneof(
      fc.integer({ min: 1, max: 9 }),
      fc.record({ limit: fc.integer({ min: 1, max: 9 }), key: text }),
    ),
    rateLimit: fc.record({ limit: fc.integer({ min: 1, max: 9 }), per: fc.constant('1s' as const) }),
  },
  some,
) as fc.Arbitrary<PolicyData>;

const schedule = fc.record(
  {
    cron: fc.constantFrom('0 6 * * *', '*/5 0 6 * * 1'),
    timezone: fc.constantFrom('Europe/Zurich', 'UTC'),
    overlap: fc.constantFrom('skip' as const, 'queue' as const),
    catchUp: fc.boolean(),
    input: constant,
  },
  { requiredKeys: ['cron'] },
);

/** Where an edge goes, as a number that is mapped to one of the steps that may be needed. */
type Draft<T> = (stepAt: (n: number) => string) => T;

const binding = fc.letrec<{ any: Draft<Binding> }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(natural, fc.array(text, { maxLength: 3 })).map(
      ([n, path]): Draft<Binding> =>
        (at) => ({ ref: { step: at(n), path } }),
    ),
    constant.map(
      (value): Draft<Binding> =>
        () => ({ value }),
    ),
    fc.array(tie('any'), { maxLength: 3 }).map(
      (list): Draft<Binding> =>
        (at) => ({ list: list.map((item) => item(at)) }),
    ),
    fc.array(fc.tuple(text, tie('any')), { maxLength: 3 }).map(
      (fields): Draft<Binding> =>
        (at) => ({ fields: Object.fromEntries(fields.map(([key, item]) => [key, item(at)])) }),
    ),
  ),
})).any;

const unit = fc.record({
  kind: fc.constantFrom('task', 'agent', 'tool'),
  id: name.map((id) => id.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')).filter((id) => id !== ''),
});
const codeOrBinding = fc.oneof(
  code.map(
    (ref): Draft<{ code: string } | Binding> =>
      () =>
        ref,
  ),
  binding,
);

const nodeDraft = fc.record(
  {
    kind: fc.constantFrom('step', 'settle', 'race', 'call', 'map', 'loop', 'wait', 'sleep'),
    id: stepId,
    needs: fc.array(fc.tuple(name, natural), { maxLength: 3 }),
    policy,
    onError: fc.constant('continue' as const),
    when: code,
    undo: code,
    run: code,
    until: code,
    prompt: code,
    unit,
    input: binding,
    given: codeOrBinding,
    maxRounds: fc.integer({ min: 1, max: 50 }),
    payload: text,
    expires: duration,
    for: fc.oneof(duration, code),
  },
  {
    requiredKeys: [
      'kind',
      'id',
      'needs',
      'run',
      'until',
      'unit',
      'input',
      'given',
      'maxRounds',
      'payload',
      'for',
    ],
  },
);

type NodeDraft = typeof nodeDraft extends fc.Arbitrary<infer T> ? T : never;

/** Drawn flows with steps of every kind, hostile names and constants everywhere. */
export const drawnFlow: fc.Arbitrary<DrawnFlow> = fc
  .record(
    {
      id: stepId,
      version: text,
      nodes: fc.uniqueArray(nodeDraft, { minLength: 1, maxLength: 8, selector: (node) => node.id }),
      order: fc.array(natural, { minLength: 8, maxLength: 8 }),
      output: natural,
      tags: fc.array(text, { maxLength: 2 }),
      policy,
      schedules: fc.array(schedule, { maxLength: 2 }),
      onFailure: unit,
      onCancel: unit,
    },
    { requiredKeys: ['id', 'version', 'nodes', 'order', 'output'] },
  )
  .map(({ nodes: drafts, order, output, ...flow }) => {
    const contenders = new Set<string>();
    const nodes = drafts.map((draft, i) => toNode(draft, drafts.slice(0, i), contenders));
    const steps = nodes.map((node) => node.id).filter((id) => !contenders.has(id));
    const shuffled = nodes
      .map((node, i) => ({ node, rank: order[i] ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ node }) => node);
    const graph = {
      format: 1,
      ...flow,
      nodes: shuffled,
      output: steps[output % steps.length] ?? '$input',
      hash: '',
    } as FlowGraph;
    return { graph: withoutLostNeeds(graph, contenders), parts: partsOf(graph) };
  });

function toNode(draft: NodeDraft, before: readonly NodeDraft[], contenders: Set<string>): FlowNode {
  const ids = before.map((node) => node.id);
  // What a race may abort is not to be needed by others.
  const safe = () => ['$input', ...ids.filter((id) => !contenders.has(id))];
  const at = (n: number) => safe()[n % safe().length] as string;
  const { kind, id, when, undo, onError, policy } = draft;
  const needs = Object.fromEntries(draft.needs.map(([alias, n]) => [alias, at(n)]));
  const base = {
    id,
    needs,
    ...(when && { when }),
    ...(undo && { undo }),
    ...(onError && { onError }),
    ...(policy && { policy }),
  };
  switch (kind) {
    case 'race': {
      if (ids.length === 0) return { ...base, kind: 'step', run: draft.run };
      const first = ids[draft.maxRounds % ids.length] as string;
      contenders.add(first);
      return { ...base, kind, needs: { first } };
    }
    case 'settle':
      return { ...base, kind, run: draft.run, needs: { ...needs, input: '$input' } };
    case 'call':
      return { ...base, kind, unit: draft.unit, input: draft.input(at) };
    case 'map':
      return { ...base, kind, unit: draft.unit, over: draft.given(at) };
    case 'loop':
      return {
        ...base,
        kind,
        unit: draft.unit,
        from: draft.given(at),
        until: draft.until,
        maxRounds: draft.maxRounds,
      };
    case 'wait': {
      const { payload, prompt, expires } = draft;
      return { ...base, kind, payload, ...(prompt && { prompt }), ...(expires !== undefined && { expires }) };
    }
    case 'sleep':
      return { ...base, kind, for: draft.for };
    default:
      return { ...base, kind: 'step', run: draft.run };
  }
}

/** Steps drawn before a race that needs one of the same steps would now rely on a loser: they read the input instead. */
function withoutLostNeeds(graph: FlowGraph, contenders: ReadonlySet<string>): FlowGraph {
  const instead = (id: string) => (contenders.has(id) ? '$input' : id);
  const rebind = (at: Binding): Binding => {
    if ('ref' in at) return { ref: { step: instead(at.ref.step), path: at.ref.path } };
    if ('list' in at) return { list: at.list.map(rebind) };
    if ('fields' in at)
      return {
        fields: Object.fromEntries(Object.entries(at.fields).map(([key, item]) => [key, rebind(item)])),
      };
    return at;
  };
  const nodes = graph.nodes.map((node): FlowNode => {
    if (node.kind === 'race') return node;
    const needs = Object.fromEntries(Object.entries(node.needs).map(([alias, id]) => [alias, instead(id)]));
    if (node.kind === 'call') return { ...node, needs, input: rebind(node.input) };
    if (node.kind === 'map')
      return { ...node, needs, over: 'code' in node.over ? node.over : rebind(node.over) };
    if (node.kind === 'loop')
      return { ...node, needs, from: 'code' in node.from ? node.from : rebind(node.from) };
    return { ...node, needs };
  });
  return { ...graph, nodes };
}

/** A part for each name in the graph. */
function partsOf(graph: FlowGraph): FlowParts {
  // biome-ignore lint/complexity/noBannedTypes: code of any shape
  const code: [string, Function][] = [];
  const units: [string, AnyUnit][] = [];
  const schemas: [string, Schema][] = [];
  JSON.stringify(graph, (key, value) => {
    if (typeof value?.code === 'string') code.push([value.code, () => value.code]);
    if (typeof value?.kind === 'string' && Object.keys(value).length === 2) {
      units.push([`${value.kind}:${value.id}`, makeUnit(value.kind, value.id)]);
    }
    if (key === 'payload')
      schemas.push([value, value.length % 2 === 0 ? z.object({ ok: z.boolean() }) : plainSchema]);
    return value;
  });
  return {
    code: Object.fromEntries(code),
    // The first of each name, so that one name stands for one unit.
    units: Object.fromEntries(units.reverse()),
    schemas: { ...Object.fromEntries(schemas), input: z.object({ text: z.string() }) },
  };
}

/** A schema that offers no JSON Schema. */
const plainSchema: Schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };

function makeUnit(kind: string, id: string): AnyUnit {
  if (kind === 'agent') return defineAgent({ id, instructions: 'Answer.' });
  if (kind === 'task') return defineTask({ id, input: z.unknown(), run: () => 1 });
  // Names of tools are limited to what models accept; units of other makers need not be.
  const tool = defineTool({ name: 'tool', description: 'A tool.', input: z.unknown(), run: () => 1 });
  return { ...tool, id };
}
