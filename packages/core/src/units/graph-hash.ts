import { createHash } from 'node:crypto';
import type { FlowGraph, FlowNode } from '../flow-graph.ts';

/** Hash of what a graph means: equal for equal graphs, whatever the order of keys, and blind to `version`. */
export function hashGraph({ version: _, ...meaning }: Omit<FlowGraph, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(meaning)).digest('hex');
}

/**
 * Short hash of what a step does and depends on, but not of how it is run (policy): finished steps fit changed code as
 * long as it is the same.
 */
export function digestNode({ policy: _, ...meaning }: FlowNode): string {
  return createHash('sha256').update(canonicalJson(meaning)).digest('base64url').slice(0, 10);
}

/**
 * JSON with sorted keys: equal data gives equal text. A property that is `undefined` counts as absent.
 *
 * @example
 * ```ts
 * import { canonicalJson } from '@aiwork/core/adapter-kit';
 *
 * console.log(canonicalJson({ b: 1, a: [undefined, 'x'] })); // {"a":[null,"x"],"b":1}
 * ```
 * @since 0.1.0
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
