import { type Duration, toMilliseconds } from '../duration.ts';
import { AiworkError } from '../errors.ts';
import {
  type Binding,
  type CodeRef,
  type FlowGraph,
  type FlowNode,
  inputStepId,
  type PolicyData,
  type UnitRef,
} from '../flow-graph.ts';
import { type Policy, pickPolicy } from '../policy.ts';
import { type JsonSchema, jsonSchemaOf, type Schema } from '../schema.ts';
import type { FlowOptions, FlowParts } from './flow.ts';
import { placeOf, refTo, type Step, toBinding, toConstant } from './ref.ts';
import { type AnyUnit, checkStepId, isUnit, unitBase } from './runnable.ts';
import { checkSchedules } from './schedule.ts';
import { requireFunction, requireSchema } from './task.ts';

type Handle = Step<unknown>;
type Options = Policy & { readonly [key: string]: unknown };
type Draft = Omit<FlowGraph, 'hash'>;

/** Collects steps as graph data, and the code and units the data names. */
// biome-ignore lint/suspicious/noExplicitAny: types end at the public interface
export function createFlowBuilder(options: FlowOptions<any, any>) {
  const base = unitBase('flow', options.id, options);
  const flowName = `flow "${base.id}"`;
  const nodes: FlowNode[] = [];
  const ids = new Set<string>();
  const handles = new WeakSet<object>();
  const units: Record<string, AnyUnit> = Object.create(null);
  // biome-ignore lint/complexity/noBannedTypes: code of any shape
  const code: Record<string, Function> = Object.create(null);
  const schemas: Record<string, Schema> = Object.create(null);
  schemas['input'] = options.input;

  function handleFor(id: string): Handle {
    const handle: Record<string, unknown> = { id };
    let ref: unknown;
    Object.defineProperty(handle, '$', {
      get: () => {
        ref ??= refTo(id, handle);
        return ref;
      },
    });
    handles.add(handle);
    return Object.freeze(handle) as unknown as Handle;
  }

  function own(handle: unknown, what: string): string {
    if (typeof handle === 'object' && handle !== null && handles.has(handle)) return (handle as Handle).id;
    const problem = placeOf(handle)
      ? 'is a ref ($): give the step itself'
      : `is not a step of this flow: give what f.step, f.call … returned`;
    throw new AiworkError('AIWORK_UNKNOWN_NEED', `${what} ${problem}`);
  }

  function codePart(name: string, value: unknown): CodeRef | undefined {
    if (value === undefined) return undefined;
    requireFunction(value, `"${name}" of ${flowName}`);
    // biome-ignore lint/complexity/noBannedTypes: checked just above
    code[name] = value as Function;
    return { code: name };
  }

  function unitRef(unit: unknown, what: string): UnitRef {
    if (!isUnit(unit)) {
      throw new AiworkError(
        'AIWORK_INVALID_ARGUMENT',
        `${what} is not a unit: give a task, tool, agent or flow`,
      );
    }
    const key = `${unit.kind}:${unit.id}`;
    if (units[key] !== undefined && units[key] !== unit) {
      throw new AiworkError(
        'AIWORK_DUPLICATE_ID',
        `${what} is a second ${unit.kind} called "${unit.id}": give each its own id`,
      );
    }
    units[key] = unit;
    return { kind: unit.kind, id: unit.id };
  }

  const policyData = (policy: Policy, id: string, what: string): PolicyData => {
    if (!policy.retry) return toConstant(policy as Omit<Policy, 'retry'>, `the policy of ${what}`);
    const { retryOn, ...retry } = policy.retry;
    const ref = codePart(`${id}.retryOn`, retryOn);
    return toConstant(
      { ...policy, retry: { ...retry, ...(ref && { retryOn: ref }) } },
      `the policy of ${what}`,
    );
  };

  function common(id: string, o: Options) {
    const what = `step "${id}" of ${flowName}`;
    const policy = pickPolicy(o, what);
    const needs = Object.fromEntries(
      Object.entries((o['needs'] as object | undefined) ?? {}).map(
        ([name, handle]) => [name, own(handle, `needs.${name} of ${what}`)] as const,
      ),
    );
    if (o['onError'] !== undefined && o['onError'] !== 'fail' && o['onError'] !== 'continue') {
      throw new AiworkError(
        'AIWORK_INVALID_ARGUMENT',
        `onError of ${what} is ${JSON.stringify(o['onError'])}: give 'fail' or 'continue'`,
      );
    }
    const when = codePart(`${id}.when`, o['when']);
    const undo = codePart(`${id}.undo`, o['undo']);
    return {
      id,
      needs,
      ...(Object.keys(policy).length > 0 && { policy: policyData(policy, id, what) }),
      ...(o['onError'] === 'continue' && { onError: 'continue' as const }),
      ...(when && { when }),
      ...(undo && { undo }),
    };
  }

  function codeOrBinding(id: string, field: string, value: unknown): CodeRef | Binding {
    if (typeof value === 'function') return codePart(`${id}.${field}`, value) as CodeRef;
    const what = `${field} of step "${id}"`;
    if (value !== undefined) return bind(value, what);
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `${what} of ${flowName} is missing: give a function, or a value that may hold refs`,
    );
  }

  function bind(value: unknown, what: string): Binding {
    if (typeof value === 'object' && value !== null && handles.has(value)) {
      throw new AiworkError(
        'AIWORK_INVALID_FLOW',
        `${what} is a step: give its output with .$ (as in ${(value as Handle).id}.$)`,
      );
    }
    return toBinding(value, what, (place) => own(place.handle, what));
  }

  function add(node: FlowNode): Handle {
    if (ids.has(node.id)) {
      throw new AiworkError(
        'AIWORK_DUPLICATE_ID',
        `${flowName} has two steps called "${node.id}": give each its own id`,
      );
    }
    ids.add(node.id);
    nodes.push(node);
    return handleFor(node.id);
  }

  const checked = (id: string): string => checkStepId(id, flowName);

  const methods = {
    input: handleFor(inputStepId),
    step(id: string, o: Options) {
      requireFunction(o['run'], `run of step "${checked(id)}" of ${flowName}`);
      return add({ kind: 'step', ...common(id, o), run: codePart(`${id}.run`, o['run']) as CodeRef });
    },
    settle(id: string, o: Options) {
      requireFunction(o['run'], `run of step "${checked(id)}" of ${flowName}`);
      return add({ kind: 'settle', ...common(id, o), run: codePart(`${id}.run`, o['run']) as CodeRef });
    },
    race(id: string, o: Options) {
      return add({ kind: 'race', ...common(checked(id), o) });
    },
    call(id: string, unit: AnyUnit, input: unknown, o: Options = {}) {
      const ref = unitRef(unit, `the unit of step "${checked(id)}" of ${flowName}`);
      return add({ kind: 'call', ...common(id, o), unit: ref, input: bind(input, `input of step "${id}"`) });
    },
    map(id: string, unit: AnyUnit, o: Options) {
      const ref = unitRef(unit, `the unit of step "${checked(id)}" of ${flowName}`);
      return add({ kind: 'map', ...common(id, o), unit: ref, over: codeOrBinding(id, 'over', o['over']) });
    },
    loop(id: string, unit: AnyUnit, o: Options) {
      const ref = unitRef(unit, `the unit of step "${checked(id)}" of ${flowName}`);
      const maxRounds = o['maxRounds'] as number;
      if (!(Number.isInteger(maxRounds) && maxRounds >= 1)) {
        throw new AiworkError(
          'AIWORK_INVALID_ARGUMENT',
          `maxRounds of step "${id}" of ${flowName} is ${maxRounds}: give a whole number of 1 or more`,
        );
      }
      requireFunction(o['until'], `until of step "${id}" of ${flowName}`);
      const until = codePart(`${id}.until`, o['until']) as CodeRef;
      return add({
        kind: 'loop',
        ...common(id, o),
        unit: ref,
        from: codeOrBinding(id, 'from', o['from']),
        until,
        maxRounds,
      });
    },
    waitFor(id: string, o: Options) {
      const payload = o['payload'] as Schema;
      requireSchema(payload, `payload of step "${checked(id)}" of ${flowName}`);
      const name = `${id}.payload`;
      schemas[name] = payload;
      const payloadSchema = schemaData(payload);
      const prompt = codePart(`${id}.prompt`, o['prompt']);
      if (o['expires'] !== undefined)
        toMilliseconds(o['expires'] as Duration, `expires of step "${id}" of ${flowName}`);
      return add({
        kind: 'wait',
        ...common(id, o),
        payload: name,
        ...(payloadSchema && { payloadSchema }),
        ...(prompt && { prompt }),
        ...(o['expires'] !== undefined && { expires: o['expires'] as Duration }),
      });
    },
    sleep(id: string, o: Options) {
      const time = o['for'];
      if (typeof time === 'function') {
        return add({ kind: 'sleep', ...common(checked(id), o), for: codePart(`${id}.for`, time) as CodeRef });
      }
      toMilliseconds(time as Duration, `for of step "${checked(id)}" of ${flowName}`);
      return add({ kind: 'sleep', ...common(id, o), for: time as Duration });
    },
  };

  return {
    methods,
    finish(output: unknown): { graph: Draft; parts: FlowParts } {
      const outputId = own(output, `what the build function of ${flowName} returns`);
      const inputSchema = schemaData(options.input);
      const schedules = toConstant(
        checkSchedules(options.schedule, flowName) ?? [],
        `schedule of ${flowName}`,
      );
      const policy = policyData(base.policy, '$flow', flowName);
      const onFailure = options.onFailure && unitRef(options.onFailure, `onFailure of ${flowName}`);
      const onCancel = options.onCancel && unitRef(options.onCancel, `onCancel of ${flowName}`);
      const graph: Draft = {
        format: 1,
        id: base.id,
        version: base.version,
        nodes,
        output: outputId,
        ...(inputSchema && { inputSchema }),
        ...(base.tags.length > 0 && { tags: base.tags }),
        ...(Object.keys(policy).length > 0 && { policy }),
        ...(schedules.length > 0 && { schedules }),
        ...(onFailure && { onFailure }),
        ...(onCancel && { onCancel }),
      };
      return { graph, parts: { units, code, schemas } };
    },
  };
}

/** JSON Schema as part of a graph: a copy, so that freezing the graph leaves the schema's own alone. */
function schemaData(schema: Schema): JsonSchema | undefined {
  try {
    return toConstant(jsonSchemaOf(schema), 'JSON Schema') ?? undefined;
  } catch {
    // A default or example that is no JSON cannot be part of a graph.
    return undefined;
  }
}
