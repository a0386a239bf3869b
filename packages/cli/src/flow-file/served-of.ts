import type { AnyUnit } from '@aiwork/core';
import { didYouMean, idList } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';
import type { FlowFile } from './load-flow-file.ts';

/**
 * What of a flow file is served: all that can be run, or that with these ids.
 *
 * @throws `AIWORK_USAGE` when there is nothing, or one of them is not there.
 */
export function servedOf({ units, path }: FlowFile, ids: readonly string[] | undefined): readonly AnyUnit[] {
  if (units.length === 0) {
    throw new UsageError(`${path} exports nothing that can be run`, {
      hint: 'export what defineFlow, defineTask, defineTool or defineAgent returns',
    });
  }
  const known = units.map(({ id }) => id);
  const unknown = ids?.find((id) => !known.includes(id));
  if (unknown === undefined) return ids ? units.filter(({ id }) => ids.includes(id)) : units;
  throw new UsageError(`${path} has no "${unknown}".${didYouMean(unknown, known)} It has: ${idList(known)}`);
}
