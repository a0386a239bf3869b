import type { AnyUnit, OrchestratorOptions } from '@aiwork/core';
import { UsageError } from '../usage-error.ts';
import { loadModule } from './load-module.ts';

/** A module of the user's that holds what is to be run. */
export interface FlowFile {
  /** As the user wrote it. */
  readonly path: string;
  /** What it exports that can be run, each once, in the order of the exports' names. */
  readonly units: readonly AnyUnit[];
  /** The default export, when it can be run. */
  readonly main?: AnyUnit;
  /** What it exports as `aiwork`: plugins and other options for the orchestrator. */
  readonly options: OrchestratorOptions;
}

/**
 * Imports a flow file and collects its exports.
 *
 * @throws `AIWORK_USAGE` when there is no such file or nothing to run in it, `AIWORK_FLOW_FILE` when it cannot be imported.
 */
export async function loadFlowFile(path: string): Promise<FlowFile> {
  const exports = await loadModule(path);
  const named = Object.values(exports).filter(isUnit);
  const main = isUnit(exports['default']) ? exports['default'] : undefined;
  const options = exports['aiwork'] ?? {};
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw new UsageError(`the export "aiwork" of ${path} is not an object of orchestrator options`, {
      hint: 'write: export const aiwork = { plugins: [ … ] }',
    });
  }
  return { path, units: [...new Set(named)], ...(main && { main }), options };
}

/** Whether `value` was made by `defineFlow`, `defineTask`, `defineTool` or `defineAgent` of any copy of core. */
function isUnit(value: unknown): value is AnyUnit {
  return typeof value === 'object' && value !== null && (value as AnyUnit)['~aiwork'] === 'unit/1';
}
