import type { AnyAdapter } from '../engine/any-adapter.ts';
import { contracts, type ProvenContract } from './contracts.ts';
import { noSuch } from './usage-error.ts';

/** The contracts of these ids; all where none is named. @throws `AIWORK_USAGE` for one that the kit does not have. */
export function provenContracts(ids: readonly string[]): readonly ProvenContract<AnyAdapter>[] {
  const known = contracts.map(({ contract }) => contract.id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw noSuch('contract', unknown, known);
  return ids.length === 0 ? contracts : contracts.filter(({ contract }) => ids.includes(contract.id));
}
