import type { OrchestratorOptions } from '@aiwork/core';
import { UsageError } from '../usage-error.ts';
import { type FlowFile, loadFlowFile } from './load-flow-file.ts';

/**
 * Several flow files as one: what any of them exports, with the plugins of all and the other options that they agree on.
 *
 * @throws `AIWORK_USAGE` when two of them say different things, and what {@link loadFlowFile} throws.
 */
export async function loadFlowFiles(paths: readonly string[]): Promise<FlowFile> {
  const files: FlowFile[] = [];
  // One after another: which of several broken ones is told about does not depend on the disk.
  for (const path of paths) files.push(await loadFlowFile(path));
  return {
    path: paths.join(', '),
    units: [...new Set(files.flatMap(({ units }) => units))],
    options: {
      ...agreed(files),
      units: [...new Set(files.flatMap(({ options }) => options.units ?? []))],
      plugins: [...new Set(files.flatMap(({ options }) => options.plugins ?? []))],
    },
  };
}

function agreed(files: readonly FlowFile[]): Omit<OrchestratorOptions, 'units' | 'plugins'> {
  const said = new Map<string, { readonly value: unknown; readonly path: string }>();
  for (const { path, options } of files) {
    const { units: _, plugins: __, ...rest } = options;
    for (const [name, value] of Object.entries(rest)) {
      const before = said.get(name);
      if (before && before.value !== value) {
        throw new UsageError(`${before.path} and ${path} export different values of aiwork.${name}`, {
          hint: 'export it from one of them',
        });
      }
      said.set(name, { value, path });
    }
  }
  return Object.fromEntries([...said].map(([name, { value }]) => [name, value]));
}
