import type { AnyFlow, AnyUnit } from '@aiwork/core';
import { didYouMean, idList } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';
import type { FlowFile } from './load-flow-file.ts';

/**
 * What to run of a file: the one called `id`; else its default export; else its only flow; else its only unit.
 *
 * @throws `AIWORK_USAGE` listing what there is when that leaves nothing or several.
 */
export function chooseUnit(file: FlowFile, id?: string): AnyUnit {
  const { units, main, path } = file;
  const [first] = units;
  if (first === undefined) {
    throw new UsageError(`${path} exports nothing that can be run`, {
      hint: 'export what defineFlow, defineTask or defineAgent returns',
    });
  }
  if (id !== undefined) {
    const found = units.find((unit) => unit.id === id);
    if (found) return found;
    const ids = units.map((unit) => unit.id);
    throw new UsageError(`${path} has no "${id}".${didYouMean(id, ids)} It has: ${idList(ids)}`);
  }
  if (main) return main;
  const flows = units.filter((unit) => unit.kind === 'flow');
  if (flows.length === 1) return flows[0] as AnyUnit;
  if (units.length === 1) return first;
  const choices = (flows.length > 0 ? flows : units).map((unit) => unit.id);
  throw new UsageError(`${path} has several to choose from: ${idList(choices)}`, {
    hint: `choose one, as in --flow ${choices[0]}, or make it the default export`,
  });
}

/** As {@link chooseUnit}, where only a flow will do. @throws `AIWORK_USAGE`. */
export function chooseFlow(file: FlowFile, id?: string): AnyFlow {
  const unit = chooseUnit(file, id);
  if (isFlow(unit)) return unit;
  throw new UsageError(`"${unit.id}" of ${file.path} is a ${unit.kind}: only a flow has a graph`);
}

export function isFlow(unit: AnyUnit): unit is AnyFlow {
  return unit.kind === 'flow';
}
