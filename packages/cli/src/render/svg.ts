import { type FlowGraph, type FlowNode, inputStepId } from '@aiwork/core';
import stringWidth from 'string-width';
import { escapeMarkup } from './escape-markup.ts';
import { type GraphEdge, graphEdges } from './graph-edges.ts';
import { layOutLayers, type Point } from './layered-layout.ts';
import { nodeCaption } from './node-caption.ts';
import { kindIcons } from './svg-icons.ts';
import { svgStyle } from './svg-style.ts';

const boxWidth = 208;
const boxHeight = 52;
const gapX = 28;
const gapY = 44;
const margin = 28;
const headerHeight = 58;
const output = '$output';

/**
 * A graph as one SVG picture that needs nothing else: light or dark as its reader prefers, every text escaped, full names
 * in tooltips, and described for those who do not see it.
 */
export function toSvg(graph: FlowGraph): string {
  const edges: readonly GraphEdge[] = [
    ...graphEdges(graph),
    { from: graph.output, to: output, conditional: false },
  ];
  const boxes = [inputStepId, ...graph.nodes.map(({ id }) => id), output];
  const layout = layOutLayers({
    boxes,
    lines: edges,
    boxWidth,
    boxHeight,
    gapX,
    gapY,
    boxesInRow: Math.max(8, Math.ceil(Math.sqrt(graph.nodes.length))),
  });
  const width = Math.ceil(Math.max(layout.width, 320) + 2 * margin);
  const height = Math.ceil(layout.height + 2 * margin + headerHeight);
  const dx = (width - layout.width) / 2;
  const at = (id: string) => {
    const { x, y } = layout.placed.get(id) as { x: number; y: number };
    return `translate(${round(x + dx - boxWidth / 2)} ${round(y + margin + headerHeight)})`;
  };
  // Ids are the page's, so two pictures on one page must not share them.
  const key = `aiwork-${graph.hash.slice(0, 12).replaceAll(/[^0-9a-z]/g, '')}`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" class="${key}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${key}-title ${key}-desc">`,
    `<title id="${key}-title">${escapeMarkup(`Flow ${graph.id}`)}</title>`,
    `<desc id="${key}-desc">${escapeMarkup(describe(graph, edges))}</desc>`,
    `<style>${svgStyle(`.${key}`)}</style>`,
    `<defs><marker id="${key}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0.5 0.5 7.5 4 0.5 7.5z"/></marker></defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="heading" x="${margin}" y="${margin + 16}">${fit(graph.id, (width - 2 * margin) / 9.5)}</text>`,
    `<text class="caption" x="${margin}" y="${margin + 36}">${fit(subtitle(graph), (width - 2 * margin) / 6.6)}</text>`,
    ...edges.map(({ conditional }, i) => {
      const points = (layout.routes[i] as readonly Point[]).map(
        ([x, y]): Point => [x + dx, y + margin + headerHeight],
      );
      return `<path class="edge${conditional ? ' maybe' : ''}" d="${curve(points)}" marker-end="url(#${key}-tip)"/>`;
    }),
    terminal('input', at(inputStepId)),
    ...graph.nodes.map((node) => box(node, at(node.id))),
    terminal('output', at(output)),
    '</svg>',
  ].join('\n')}\n`;
}

function box(node: FlowNode, transform: string): string {
  const classes = `step ${node.kind}${node.when ? ' maybe' : ''}`;
  const caption = nodeCaption(node);
  const full = [node.id, caption, node.when && 'may be skipped', node.onError && 'its failure is passed over']
    .filter((line) => line !== undefined)
    .join('\n');
  return [
    `<g class="${classes}" transform="${transform}"><title>${escapeMarkup(full)}</title>`,
    `<rect class="box" width="${boxWidth}" height="${boxHeight}" rx="10"/>`,
    `<rect class="badge" x="10" y="12" width="28" height="28" rx="7"/>`,
    `<path class="icon" transform="translate(14 16)" d="${kindIcons[node.kind]}"/>`,
    `<text class="name" x="48" y="23">${fit(node.id, 20)}</text>`,
    `<text class="caption" x="48" y="40">${fit(caption, 24)}</text></g>`,
  ].join('');
}

const terminal = (name: string, transform: string) =>
  `<g class="terminal" transform="${transform}"><rect class="box" x="54" y="10" width="100" height="32" rx="16"/><text class="caption" x="104" y="30" text-anchor="middle">${name}</text></g>`;

/** A smooth line through points, upright in each. */
function curve(points: readonly Point[]): string {
  const [[x0, y0], ...rest] = points as [Point, ...Point[]];
  let d = `M${round(x0)} ${round(y0)}`;
  let [x, y] = [x0, y0];
  for (const [toX, toY] of rest) {
    const bend = (toY - y) / 2;
    d +=
      Math.abs(toX - x) < 0.5
        ? `V${round(toY)}`
        : `C${round(x)} ${round(y + bend)} ${round(toX)} ${round(toY - bend)} ${round(toX)} ${round(toY)}`;
    [x, y] = [toX, toY];
  }
  return d;
}

/** As much of `text` as fits in so many columns, escaped. */
function fit(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return escapeMarkup(text);
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > columns - 1) break;
    kept += segment;
  }
  return `${escapeMarkup(kept.trimEnd())}…`;
}

const subtitle = (graph: FlowGraph) =>
  [
    `version ${graph.version}`,
    `${graph.nodes.length} ${graph.nodes.length === 1 ? 'step' : 'steps'}`,
    ...(graph.tags ?? []),
  ].join(' · ');

function describe(graph: FlowGraph, edges: readonly GraphEdge[]): string {
  const before = new Map<string, string[]>();
  for (const { from, to } of edges)
    before.set(to, [...(before.get(to) ?? []), from === inputStepId ? 'the input' : from]);
  const shown = graph.nodes.slice(0, 50).map((node) => {
    return `${node.id} (${nodeCaption(node)}) after ${(before.get(node.id) ?? []).join(', ')}`;
  });
  const more = graph.nodes.length - shown.length;
  return `${[...shown, ...(more > 0 ? [`and ${more} more steps`] : [])].join('; ')}. The output is that of ${graph.output === inputStepId ? 'the input' : graph.output}.`;
}

const round = (value: number) => Math.round(value * 10) / 10;
