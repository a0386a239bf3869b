import type { StateStore } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import type { AnyAdapter } from '../src/engine/any-adapter.ts';
import {
  type Contract,
  cacheContract,
  chatModelContract,
  checkContract,
  checksOf,
  embedderContract,
  flowExporterContract,
  formatReport,
  guardrailContract,
  memoryContract,
  modelRuntimeContract,
  runStoreContract,
  type Subject,
  stateStoreContract,
  taskQueueContract,
  telemetryContract,
} from '../src/index.ts';
import { referenceCache } from '../src/saboteurs/cache/reference.ts';
import { cacheSaboteurs } from '../src/saboteurs/cache/saboteurs.ts';
import { referenceChatModel } from '../src/saboteurs/chat-model/reference.ts';
import { chatModelSaboteurs } from '../src/saboteurs/chat-model/saboteurs.ts';
import { referenceEmbedder } from '../src/saboteurs/embedder/reference.ts';
import { embedderSaboteurs } from '../src/saboteurs/embedder/saboteurs.ts';
import { referenceFlowExporter } from '../src/saboteurs/flow-exporter/reference.ts';
import { flowExporterSaboteurs } from '../src/saboteurs/flow-exporter/saboteurs.ts';
import { referenceGuardrail } from '../src/saboteurs/guardrail/reference.ts';
import { guardrailSaboteurs } from '../src/saboteurs/guardrail/saboteurs.ts';
import { killMatrix } from '../src/saboteurs/kill-matrix.ts';
import { referenceMemory } from '../src/saboteurs/memory/reference.ts';
import { referenceVectors } from '../src/saboteurs/memory/reference-vectors.ts';
import { memorySaboteurs } from '../src/saboteurs/memory/saboteurs.ts';
import { referenceModelRuntime } from '../src/saboteurs/model-runtime/reference.ts';
import { modelRuntimeSaboteurs } from '../src/saboteurs/model-runtime/saboteurs.ts';
import { referenceRunStore } from '../src/saboteurs/run-store/reference.ts';
import { runStoreSaboteurs } from '../src/saboteurs/run-store/saboteurs.ts';
import type { Saboteur } from '../src/saboteurs/saboteur.ts';
import { referenceStateStore } from '../src/saboteurs/state-store/reference.ts';
import { stateStoreSaboteurs } from '../src/saboteurs/state-store/saboteurs.ts';
import { referenceTaskQueue } from '../src/saboteurs/task-queue/reference.ts';
import { taskQueueSaboteurs } from '../src/saboteurs/task-queue/saboteurs.ts';
import { referenceTelemetry } from '../src/saboteurs/telemetry/reference.ts';
import { telemetrySaboteurs } from '../src/saboteurs/telemetry/saboteurs.ts';

// A test that is given up goes on beside the next one, and is seen by it.
vi.setConfig({ testTimeout: 240_000 });

const seed = 20261121;

/** What the gate asks of every contract. */
function gate<A extends AnyAdapter>(
  contract: Contract<A>,
  saboteurs: readonly Saboteur<A>[],
  reference: () => Subject<A>,
): void {
  describe(`the kill matrix of ${contract.id}`, () => {
    it('finds nothing wrong with the reference', async () => {
      const run = { contract, name: 'reference', subject: reference };
      const report = await checkContract(run, { seed });
      expect(report.verdict, formatReport(report)).toBe('conformant');
    });

    it('names no saboteur twice, and each says who catches it', () => {
      const ids = saboteurs.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(saboteurs.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
      const checks = checksOf(contract).map(({ id }) => id);
      const named = saboteurs.flatMap(({ caughtBy }) => caughtBy.map(({ check }) => check));
      expect(named.filter((check) => !checks.includes(check))).toEqual([]);
    });

    it('has every saboteur caught with its message, and no check that kills nothing', async () => {
      const { rows, idle } = await killMatrix(contract, saboteurs, reference, seed);
      const survivors = rows
        .filter(({ missed }) => missed.length > 0)
        .map(({ saboteur, missed, failed }) => ({ saboteur, missed, failed: Object.fromEntries(failed) }));
      expect(survivors).toEqual([]);
      expect(idle).toEqual([]);
    });
  });
}

gate(stateStoreContract, stateStoreSaboteurs, referenceStateStore);
gate(runStoreContract, runStoreSaboteurs, referenceRunStore);
gate(cacheContract, cacheSaboteurs, () => referenceCache());
gate(memoryContract, memorySaboteurs, () => referenceMemory());
gate(embedderContract, embedderSaboteurs, () => referenceEmbedder());
gate(modelRuntimeContract, modelRuntimeSaboteurs, () => referenceModelRuntime());
gate(guardrailContract, guardrailSaboteurs, referenceGuardrail);
gate(taskQueueContract, taskQueueSaboteurs, () => referenceTaskQueue());
gate(flowExporterContract, flowExporterSaboteurs, referenceFlowExporter);
gate(chatModelContract, chatModelSaboteurs, () => referenceChatModel());
gate(telemetryContract, telemetrySaboteurs, () => referenceTelemetry());

it('finds nothing wrong with the reference that searches by vector', async () => {
  const run = { contract: memoryContract, name: 'reference', subject: () => referenceVectors() };
  const report = await checkContract(run, { seed });
  expect(report.verdict, formatReport(report)).toBe('conformant');
});

describe('the gate itself', () => {
  const harmless: Saboteur<StateStore> = {
    id: 'harmless',
    breaks: 'Nothing',
    caughtBy: [{ check: 'state-store.values.absent', message: 'anything' }],
    sabotage: (subject) => subject,
  };

  it('names a saboteur that survives, and every check that nobody has to fail', async () => {
    const { rows, idle } = await killMatrix(stateStoreContract, [harmless], referenceStateStore, seed);
    expect(rows[0]?.missed).toEqual(harmless.caughtBy);
    expect(rows[0]?.failed.size).toBe(0);
    expect(idle).toHaveLength(checksOf(stateStoreContract).length - 1);
  });

  it('asks for the message too', async () => {
    const falsy = stateStoreSaboteurs.find(({ id }) => id === 'falsy-is-absent') as Saboteur<StateStore>;
    const caughtBy = [{ check: 'state-store.values.round-trip', message: 'another message' }];
    const { rows } = await killMatrix(
      stateStoreContract,
      [{ ...falsy, caughtBy }],
      referenceStateStore,
      seed,
    );
    expect(rows[0]?.missed).toEqual(caughtBy);
  });
});
