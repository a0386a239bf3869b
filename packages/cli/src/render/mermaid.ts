import { type FlowGraph, type FlowNode, inputStepId } from '@aiwork/core';
import { type GraphEdge, graphEdges } from './graph-edges.ts';
import { nodeCaption } from './node-caption.ts';

/** Brackets that make Mermaid draw each kind in a shape of its own. */
const shapes: Readonly<Record<FlowNode['kind'], readonly [open: string, close: string]>> = {
  step: ['[', ']'],
  call: ['[[', ']]'],
  map: ['[/', '/]'],
  loop: ['{{', '}}'],
  wait: ['>', ']'],
  sleep: ['(', ')'],
  race: ['{', '}'],
  settle: ['([', '])'],
};

/**
 * A graph as a Mermaid flowchart. Nodes are numbered, so that no id reaches Mermaid's syntax; labels hold the ids with
 * everything but letters, digits and harmless signs as character codes. Steps that may be skipped have dashed edges.
 */
export function toMermaid(graph: FlowGraph): string {
  const numbers = new Map([
    [inputStepId, 'input'],
    ...graph.nodes.map(({ id }, i) => [id, `n${i}`] as const),
  ]);
  const node = (id: string) => numbers.get(id) as string;
  const lines = [
    'flowchart TD',
    '  input(["input"])',
    ...graph.nodes.map((step) => {
      const [open, close] = shapes[step.kind];
      return `  ${node(step.id)}${open}"${label(step)}"${close}`;
    }),
    '  output(["output"])',
    ...graphEdges(graph).map((edge) => `  ${node(edge.from)} ${arrow(edge)} ${node(edge.to)}`),
    `  ${node(graph.output)} --> output`,
  ];
  const conditional = graph.nodes.filter(({ when }) => when).map(({ id }) => node(id));
  if (conditional.length > 0) {
    lines.push(
      '  classDef conditional stroke-dasharray: 5 4',
      `  class ${conditional.join(',')} conditional`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const label = (step: FlowNode) =>
  `${escapeLabel(step.id)}<br/><small>${escapeLabel(nodeCaption(step))}</small>`;

function arrow({ conditional, alias }: GraphEdge): string {
  const line = conditional ? '-.->' : '-->';
  return alias === undefined ? line : `${line}|"${escapeLabel(alias)}"|`;
}

/**
 * Text as Mermaid shows it literally: its own syntax, Markdown and HTML are written as `#code;`. A sign between letters
 * or digits, as in `fetch-doc`, is none of these and stays readable.
 */
function escapeLabel(text: string): string {
  return text
    .toWellFormed()
    .replace(
      /(?<![\p{L}\p{N}])[-._]|[-._](?![\p{L}\p{N}])|[^-._\p{L}\p{N} ,:]/gu,
      (sign) => `#${sign.codePointAt(0)};`,
    );
}
