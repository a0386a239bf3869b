import type { Binding, CodeRef, FlowGraph, FlowNode, PolicyData } from '../flow-graph.ts';
import { type Policy, pickPolicy } from '../policy.ts';
import { toConstant } from '../units/ref.ts';
import { array, type Code, call, flat, object } from './layout.ts';
import { access, field, fieldName, literal, quote } from './literal.ts';
import type { CodeRole, createPartTypes } from './part-types.ts';

/** Prints single nodes; `steps` gives, for the id of each step printed before, the constant that holds it. */
export function createNodePrinter(
  steps: ReadonlyMap<string, string>,
  parts: ReturnType<typeof createPartTypes>,
) {
  const bound = (binding: Binding): Code => {
    if ('value' in binding) return literal(toConstant(binding.value, 'a constant of the graph'));
    if ('list' in binding) return array(binding.list.map(bound));
    if ('fields' in binding) {
      return object(
        Object.entries(binding.fields).map(([name, item]): Code => [`${fieldName(name)}: `, bound(item)]),
      );
    }
    return binding.ref.path.reduce(access, `${steps.get(binding.ref.step)}.$`);
  };

  const policyFields = (policy: PolicyData | undefined, what: string): readonly Code[] =>
    Object.entries(pickPolicy((policy ?? {}) as unknown as Policy, what)).map(([name, value]) => {
      if (name !== 'retry') return field(name, literal(toConstant(value, what)));
      const { retryOn, ...retry } = value as NonNullable<PolicyData['retry']>;
      const fields = Object.entries(toConstant(retry, what)).map(([key, item]) => field(key, literal(item)));
      return field(
        name,
        object([...fields, ...(retryOn ? [field('retryOn', parts.code(retryOn, 'retryOn'))] : [])]),
      );
    });

  function step(node: FlowNode): Code {
    const code = (role: CodeRole, ref: CodeRef | undefined) =>
      ref ? [field(role, parts.code(ref, role, node))] : [];
    const codeOrBound = (role: CodeRole, at: CodeRef | Binding) =>
      'code' in at ? code(role, at) : [field(role, bound(at))];
    const options = (...own: readonly Code[]): Code => {
      const needs = Object.entries(node.needs).map(([name, id]) => field(name, steps.get(id) as string));
      return object([
        ...(needs.length > 0 ? [field('needs', object(needs))] : []),
        ...code('when', node.when),
        ...own,
        ...code('undo', node.undo),
        ...(node.onError === 'continue' ? [field('onError', quote('continue'))] : []),
        ...policyFields(node.policy, `step "${node.id}"`),
      ]);
    };
    const add = (method: string, ...args: readonly Code[]) => call(`f.${method}`, [quote(node.id), ...args]);
    switch (node.kind) {
      case 'step':
      case 'settle':
        return add(node.kind, options(...code('run', node.run)));
      case 'race':
        return add('race', options());
      case 'call': {
        const given = options();
        return add(
          'call',
          parts.unit(node.unit),
          bound(node.input),
          ...(flat(given) === '{}' ? [] : [given]),
        );
      }
      case 'map':
        return add('map', parts.unit(node.unit), options(...codeOrBound('over', node.over)));
      case 'loop':
        return add(
          'loop',
          parts.unit(node.unit),
          options(
            ...codeOrBound('from', node.from),
            ...code('until', node.until),
            field('maxRounds', String(node.maxRounds)),
          ),
        );
      case 'wait':
        return add(
          'waitFor',
          options(
            field('payload', parts.payloadSchema(node.payload)),
            ...code('prompt', node.prompt),
            ...(node.expires === undefined ? [] : [field('expires', literal(node.expires))]),
          ),
        );
      case 'sleep':
        return add(
          'sleep',
          options(
            ...(typeof node.for === 'object' ? code('for', node.for) : [field('for', literal(node.for))]),
          ),
        );
    }
  }

  function flowOptions(graph: Omit<FlowGraph, 'hash'>): Code {
    const { id, version, tags = [], policy, schedules = [], onFailure, onCancel } = graph;
    const schedule = toConstant(
      schedules.length === 1 ? schedules[0] : schedules,
      `schedule of flow "${id}"`,
    );
    return object([
      field('id', quote(id)),
      field('version', quote(version)),
      field('input', parts.inputSchema()),
      ...(tags.length > 0 ? [field('tags', literal(tags))] : []),
      ...(schedules.length > 0 ? [field('schedule', literal(schedule))] : []),
      ...(onFailure ? [field('onFailure', parts.handler(onFailure))] : []),
      ...(onCancel ? [field('onCancel', parts.handler(onCancel))] : []),
      ...policyFields(policy, `flow "${id}"`),
    ]);
  }

  return { step, flowOptions };
}
