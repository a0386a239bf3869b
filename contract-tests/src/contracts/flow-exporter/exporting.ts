import type { AnyFlow, ExportedFile } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import type { FlowExport } from './flow-tool.ts';
import type { FlowFeature } from './flows/features.ts';
import { sameStructure } from './same-structure.ts';

type Context = CheckContext<FlowExporterUnderTest>;

/** What the exporter makes of a flow. */
export function exported(
  t: Context,
  { exporter, options }: FlowExporterUnderTest,
  flow: AnyFlow,
): Promise<readonly ExportedFile[]> {
  return exporter.export(flow, { ...options, signal: t.signal });
}

export async function exportedAll(
  t: Context,
  subject: FlowExporterUnderTest,
  flows: readonly AnyFlow[],
): Promise<readonly FlowExport[]> {
  const exports: FlowExport[] = [];
  for (const flow of flows) exports.push({ flow, files: await exported(t, subject, flow) });
  return exports;
}

/** Each flow is taken by the tool, which has its steps and edges. */
export async function carriedOver(
  t: Context,
  subject: FlowExporterUnderTest,
  flows: readonly AnyFlow[],
): Promise<void> {
  const exports = await exportedAll(t, subject, flows);
  const inspections = await subject.tool.inspectAll(exports, { signal: t.signal });
  t.same(inspections.length, flows.length, 'the number of flows that the tool was shown');
  for (const [index, flow] of flows.entries()) {
    sameStructure(t, flow, inspections[index] ?? { refusal: 'nothing' });
  }
}

/** Whether the subject takes everything that a flow has. */
export const takes = (t: Context, features: readonly FlowFeature[]): boolean =>
  features.every((feature) => !t.capabilities.unsupported.includes(feature));
