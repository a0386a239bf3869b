import type { FlowNode } from '@aiwork/core';

/** What a step does, in a few words: its kind, and what it runs or waits for. */
export function nodeCaption(node: FlowNode): string {
  switch (node.kind) {
    case 'call':
      return `${node.unit.kind} ${node.unit.id}`;
    case 'map':
      return `each: ${node.unit.kind} ${node.unit.id}`;
    case 'loop':
      return `loop: ${node.unit.kind} ${node.unit.id}`;
    case 'wait':
      return node.expires === undefined ? 'wait' : `wait, at most ${duration(node.expires)}`;
    case 'sleep':
      return typeof node.for === 'object' ? 'sleep' : `sleep ${duration(node.for)}`;
    default:
      return node.kind;
  }
}

const duration = (value: number | string) => (typeof value === 'number' ? `${value}ms` : value);
