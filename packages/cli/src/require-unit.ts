import type { AnyUnit } from '@aiwork/core';
import type { FlowFile } from './flow-file/load-flow-file.ts';
import { idList } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/**
 * The unit of a flow file that a run belongs to.
 *
 * @throws `AIWORK_FLOW_NOT_REGISTERED` when the file does not export it.
 */
export function requireUnit(file: FlowFile, unitId: string, runId: string): AnyUnit {
  const known = [...file.units, ...(file.options.units ?? [])];
  const found = known.find((unit) => unit.id === unitId);
  if (found) return found;
  const has = known.length === 0 ? 'nothing that can be run' : idList(known.map(({ id }) => id));
  throw new UsageError(`run "${runId}" is one of "${unitId}", and ${file.path} exports ${has}`, {
    code: 'AIWORK_FLOW_NOT_REGISTERED',
    hint: `name the file that exports "${unitId}"`,
  });
}
