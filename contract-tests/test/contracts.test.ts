import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AnyAdapter,
  type Contract,
  cacheContract,
  chatModelContract,
  checksOf,
  contractDigest,
  embedderContract,
  flowExporterContract,
  guardrailContract,
  memoryContract,
  modelRuntimeContract,
  runStoreContract,
  stateStoreContract,
  taskQueueContract,
  telemetryContract,
} from '../src/index.ts';

const source = (contract: string) =>
  readFileSync(new URL(`../../packages/core/src/adapters/${contract}.ts`, import.meta.url), 'utf8') +
  readFileSync(new URL('../../packages/core/src/adapters/adapter.ts', import.meta.url), 'utf8');

/** Whether `Interface`, `Interface.member` or `Type` is in the source. */
function isThere(anchor: string, text: string): boolean {
  const [name, member] = anchor.split('.');
  if (member === undefined && new RegExp(`export type ${name} =`).test(text)) return true;
  const body = new RegExp(`interface ${name}\\b[^]*?\\n}`).exec(text)?.[0];
  if (body === undefined) return false;
  return member === undefined || new RegExp(`\\n  (readonly )?${member}\\b`).test(body);
}

const contracts = [
  stateStoreContract,
  runStoreContract,
  cacheContract,
  memoryContract,
  embedderContract,
  modelRuntimeContract,
  guardrailContract,
  taskQueueContract,
  flowExporterContract,
  telemetryContract,
  chatModelContract,
] as unknown as readonly Contract<AnyAdapter>[];

describe.each(contracts)('the contract $id', (contract) => {
  const checks = checksOf(contract);

  it('has an id of its own for every check, under its group', () => {
    const expected = contract.groups.flatMap(({ id, checks: own }) => own.map(() => `${contract.id}.${id}.`));
    expect(checks.map(({ id }) => id.slice(0, id.lastIndexOf('.') + 1))).toEqual(expected);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });

  it('cites rules that stand in the documentation of the adapter', () => {
    const text = source(contract.id);
    expect(
      checks.filter(({ anchor }) => !isThere(anchor, text)).map(({ id, anchor }) => [id, anchor]),
    ).toEqual([]);
  });

  it('is frozen under its version, in a file of the package', async () => {
    const { id, version } = contract;
    const rules = checks.map(({ id: check, rule, anchor, needs }) => ({ id: check, rule, anchor, needs }));
    const frozen = { id, version, digest: contractDigest(contract), checks: rules };
    const text = `${JSON.stringify(frozen, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../contracts/${id}/${version}.json`);
  });
});
