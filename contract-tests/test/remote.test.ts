import { describe, expect, it } from 'vitest';
import type { AnyAdapter } from '../src/engine/any-adapter.ts';
import {
  type Contract,
  cacheContract,
  checkContract,
  formatReport,
  guardrailContract,
  memoryContract,
  runStoreContract,
  type Subject,
  stateStoreContract,
  taskQueueContract,
  telemetryContract,
} from '../src/index.ts';
import { remoteCache } from '../src/saboteurs/cache/remote.ts';
import { remoteGuardrail } from '../src/saboteurs/guardrail/remote.ts';
import { remoteMemory } from '../src/saboteurs/memory/remote.ts';
import { type RemoteReference, remoteSubject } from '../src/saboteurs/remote/remote-subject.ts';
import { remoteRunStore } from '../src/saboteurs/run-store/remote.ts';
import { remoteStateStore } from '../src/saboteurs/state-store/remote.ts';
import { remoteQueueSubject, remoteTaskQueue } from '../src/saboteurs/task-queue/remote.ts';
import { remoteTelemetry } from '../src/saboteurs/telemetry/reference.ts';

/** What saboteurs of faults are made of has to be right itself. */
function gate<A extends AnyAdapter>(
  contract: Contract<A>,
  reference: RemoteReference<A>,
  subject: () => Promise<Subject<A>> = () => remoteSubject(reference),
): void {
  describe(`${contract.id} over TCP`, () => {
    it('keeps every rule about faults', { timeout: 60_000 }, async () => {
      const faults = { ...contract, groups: contract.groups.filter(({ id }) => id === 'faults') };
      const run = { contract: faults, name: 'remote', subject };
      const report = await checkContract(run);
      expect(report.verdict, formatReport(report)).toBe('conformant');
      expect(report.counts.skipped).toBe(0);
    });
  });
}

gate(stateStoreContract, remoteStateStore);
gate(runStoreContract, remoteRunStore);
gate(memoryContract, remoteMemory);
gate(cacheContract, remoteCache);
gate(taskQueueContract, remoteTaskQueue, () => remoteQueueSubject());

it('guardrail over TCP keeps every rule about faults', { timeout: 60_000 }, async () => {
  const groups = guardrailContract.groups.filter(({ id }) => id === 'faults');
  const run = { contract: { ...guardrailContract, groups }, name: 'remote' };
  const closed = await checkContract({ ...run, subject: () => remoteGuardrail() });
  expect(closed.verdict, formatReport(closed)).toBe('conformant');
  const otherwise = { action: 'pass' } as const;
  const subject = () => remoteGuardrail({ facts: { failsOpen: true }, otherwise });
  const open = await checkContract({ ...run, subject });
  expect(open.verdict, formatReport(open)).toBe('conformant');
});

it('telemetry over HTTP keeps every rule', { timeout: 120_000 }, async () => {
  const run = { contract: telemetryContract, name: 'remote', subject: () => remoteTelemetry() };
  const report = await checkContract(run);
  expect(report.verdict, formatReport(report)).toBe('conformant');
  expect(report.counts.skipped).toBe(0);
});
