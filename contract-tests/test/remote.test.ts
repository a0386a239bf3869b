import type { StateStore } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import type { AnyAdapter } from '../src/engine/any-adapter.ts';
import { type Contract, checkContract, formatReport, stateStoreContract } from '../src/index.ts';
import { type RemoteReference, remoteSubject } from '../src/saboteurs/remote/remote-subject.ts';
import { remoteStateStore } from '../src/saboteurs/state-store/remote.ts';

/** What saboteurs of faults are made of has to be right itself. */
function gate<A extends AnyAdapter>(contract: Contract<A>, reference: RemoteReference<A>): void {
  describe(`${contract.id} over TCP`, () => {
    it('keeps every rule about faults', { timeout: 60_000 }, async () => {
      const faults = { ...contract, groups: contract.groups.filter(({ id }) => id === 'faults') };
      const run = { contract: faults, name: 'remote', subject: () => remoteSubject(reference) };
      const report = await checkContract(run);
      expect(report.verdict, formatReport(report)).toBe('conformant');
      expect(report.counts.skipped).toBe(0);
    });
  });
}

gate<StateStore>(stateStoreContract, remoteStateStore);
