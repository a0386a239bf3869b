import { extname } from 'node:path';
import process from 'node:process';
import { type FlowGraph, printFlow } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { graphOf } from '../runs/graph-of.ts';
import type { Place } from '../runs/place.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { UsageError } from '../usage-error.ts';
import { writeOutFile } from '../write-out-file.ts';

const renderers = {
  mermaid: async (graph: FlowGraph) => (await import('../render/mermaid.ts')).toMermaid(graph),
  svg: async (graph: FlowGraph) => (await import('../render/svg.ts')).toSvg(graph),
  json: async (graph: FlowGraph) => JSON.stringify(graph, undefined, 2),
  ts: async (graph: FlowGraph) => printFlow(graph),
};

type GraphFormat = keyof typeof renderers;

const formatOfExtension: Readonly<Record<string, GraphFormat>> = {
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.md': 'mermaid',
  '.txt': 'mermaid',
  '.svg': 'svg',
  '.json': 'json',
  '.ts': 'ts',
};

export interface GraphOptions extends Omit<Place, 'file'> {
  readonly flow?: string;
  readonly format?: GraphFormat;
  readonly out?: string;
}

/**
 * `aiwork graph`: draws a flow.
 *
 * @throws `AIWORK_USAGE` when the name of the output says another format than there is, or it cannot be written.
 */
export async function graph(file: string | undefined, options: GraphOptions): Promise<ExitCode> {
  const { out } = options;
  const format = options.format ?? formatOf(out);
  const flowGraph = await graphOf({ ...options, file }, options.flow);
  const drawn = await renderers[format](flowGraph);
  const text = drawn.endsWith('\n') ? drawn : `${drawn}\n`;
  if (out === undefined) writeOut(text);
  else {
    await writeOutFile(out, text);
    process.stderr.write(`Wrote ${out}\n`);
  }
  return exitCode.ok;
}

/** What the name of the output says. */
function formatOf(out = ''): GraphFormat {
  const extension = extname(out).toLowerCase();
  const format = extension === '' ? 'mermaid' : formatOfExtension[extension];
  if (format) return format;
  throw new UsageError(`no drawing is a ${extension} file`, {
    hint: `name one that ends with ${Object.keys(formatOfExtension).join(', ')}, or say which with --format`,
  });
}
