import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import process from 'node:process';
import { type FlowGraph, printFlow } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { graphOf } from '../runs/graph-of.ts';
import type { Place } from '../runs/place.ts';
import { writeOut } from '../terminal/standard-output.ts';

const renderers = {
  mermaid: async (graph: FlowGraph) => (await import('../render/mermaid.ts')).toMermaid(graph),
  svg: async (graph: FlowGraph) => (await import('../render/svg.ts')).toSvg(graph),
  json: async (graph: FlowGraph) => JSON.stringify(graph, undefined, 2),
  ts: async (graph: FlowGraph) => printFlow(graph),
};

type GraphFormat = keyof typeof renderers;

const formatOfExtension: Readonly<Record<string, GraphFormat>> = {
  '.svg': 'svg',
  '.json': 'json',
  '.ts': 'ts',
};

export interface GraphOptions extends Omit<Place, 'file'> {
  readonly flow?: string;
  readonly format?: GraphFormat;
  readonly out?: string;
}

/** `aiwork graph`: draws a flow. */
export async function graph(file: string | undefined, options: GraphOptions): Promise<ExitCode> {
  const { out } = options;
  const flowGraph = await graphOf({ ...options, file }, options.flow);
  const format = options.format ?? formatOfExtension[extname(out ?? '')] ?? 'mermaid';
  const drawn = await renderers[format](flowGraph);
  const text = drawn.endsWith('\n') ? drawn : `${drawn}\n`;
  if (out === undefined) writeOut(text);
  else {
    await writeFile(out, text);
    process.stderr.write(`Wrote ${out}\n`);
  }
  return exitCode.ok;
}
