import { AiworkError } from '../errors.ts';
import type { FlowNode } from '../flow-graph.ts';

type Data = { readonly [key: string]: unknown };
type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isString: Check = (value) => typeof value === 'string';
const isCode: Check = (value) => isObject(value) && isString(value['code']);
const isUnit: Check = (value) => isObject(value) && isString(value['kind']) && isString(value['id']);
const listOf =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);
const fieldsOf =
  (item: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(item);
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const maybe = (check: Check): Check => either((value) => value === undefined, check);

function isBinding(value: unknown): boolean {
  if (!isObject(value)) return false;
  if ('value' in value) return true;
  if ('list' in value) return listOf(isBinding)(value['list']);
  if ('fields' in value) return fieldsOf(isBinding)(value['fields']);
  const ref = value['ref'];
  return isObject(ref) && isString(ref['step']) && listOf(isString)(ref['path']);
}

const isPolicy: Check = (value) => {
  if (!isObject(value)) return false;
  const retry = value['retry'];
  return retry === undefined || (isObject(retry) && maybe(isCode)(retry['retryOn']));
};

const ofAll: Record<string, Check> = {
  needs: fieldsOf(isString),
  policy: maybe(isPolicy),
  when: maybe(isCode),
  undo: maybe(isCode),
};

const ofKind: Record<FlowNode['kind'], Record<string, Check>> = {
  step: { run: isCode },
  settle: { run: isCode },
  race: {},
  call: { unit: isUnit, input: isBinding },
  map: { unit: isUnit, over: either(isCode, isBinding) },
  loop: { unit: isUnit, from: either(isCode, isBinding), until: isCode },
  wait: { payload: isString, prompt: maybe(isCode) },
  sleep: { for: either(isCode, isString, (value) => typeof value === 'number') },
};

/**
 * Refuses what does not have the shape of a graph: graphs come from designers, files and networks, not only from
 * `toGraph()`. Values with rules of their own (ids, durations, limits) are checked when the flow is made.
 *
 * @throws `AIWORK_INVALID_FLOW` naming the step and field.
 */
export function checkGraphShape(graph: object): void {
  const { id, version, nodes, output, tags, policy, schedules, onFailure, onCancel } = graph as Data;
  const flow = `flow ${JSON.stringify(id)}`;
  const refuse: (problem: string) => never = (problem) => {
    throw new AiworkError('AIWORK_INVALID_FLOW', `${flow}: ${problem}, so this is no graph of format 1`);
  };
  if (!Array.isArray(nodes)) refuse('nodes is not a list');
  if (!isString(version)) refuse('version is not a string');
  if (!isString(output)) refuse('output is not the id of a step');
  if (!maybe(listOf(isString))(tags)) refuse('tags is not a list of strings');
  if (!maybe(isPolicy)(policy)) refuse('policy is malformed');
  if (!maybe(listOf(isObject))(schedules)) refuse('schedules is not a list of schedules');
  if (!maybe(isUnit)(onFailure)) refuse('onFailure does not name a unit');
  if (!maybe(isUnit)(onCancel)) refuse('onCancel does not name a unit');
  for (const node of nodes as readonly unknown[]) {
    if (!isObject(node)) refuse('a node is not an object');
    const { kind } = node;
    const step = `step ${JSON.stringify(node['id'])}`;
    if (!isString(kind) || !Object.hasOwn(ofKind, kind as string)) {
      refuse(`${step} has the kind ${JSON.stringify(kind)} (known: ${Object.keys(ofKind).join(', ')})`);
    }
    const checks = Object.entries({ ...ofAll, ...ofKind[kind as FlowNode['kind']] });
    const malformed = checks.find(([field, check]) => !check(node[field]));
    if (malformed) refuse(`${malformed[0]} of ${step} is malformed`);
  }
}
