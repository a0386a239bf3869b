import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import { checkContract } from '../engine/check-contract.ts';
import { checksOf } from '../engine/contract.ts';
import type { ContractRun } from '../engine/contract-run.ts';
import { formatReport } from '../engine/format-report.ts';
import type { Verdict } from '../engine/report.ts';
import { killMatrix } from '../saboteurs/kill-matrix.ts';
import { contracts } from './contracts.ts';

const usage = `aiwork-contract check FILE [--check ID]... [--seed N] [--report FILE]
  runs a contract on the subject that FILE exports by default: { contract, subject }
aiwork-contract list
  names every check of every contract
aiwork-contract explain ID
  says what a check is about, and which saboteurs prove that it can fail
aiwork-contract matrix
  runs every contract against its saboteurs

exit code 0: conformant, 1: failed, 2: incomplete, 3: could not be run`;

const exitCodes: Readonly<Record<Verdict, number>> = {
  conformant: 0,
  'known-failures': 0,
  failed: 1,
  incomplete: 2,
};

type Print = (text: string) => void;

/** Runs one command line and gives its exit code. Never rejects. */
export async function command(args: readonly string[], print: Print): Promise<number> {
  try {
    return await run(args, print);
  } catch (error) {
    print(`aiwork-contract: ${error instanceof Error ? error.message : String(error)}`);
    return 3;
  }
}

async function run(args: readonly string[], print: Print): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      check: { type: 'string', multiple: true },
      seed: { type: 'string' },
      report: { type: 'string' },
    },
  });
  const [name, about] = positionals;
  if (name === 'check' && about !== undefined) return check(about, values, print);
  if (name === 'list') return list(print);
  if (name === 'explain' && about !== undefined) return explain(about, print);
  if (name === 'matrix') return matrix(print);
  print(usage);
  return 3;
}

interface CheckFlags {
  readonly check?: string[];
  readonly seed?: string;
  readonly report?: string;
}

async function check(file: string, flags: CheckFlags, print: Print): Promise<number> {
  const run = await loadSubject(file);
  const seed = flags.seed === undefined ? undefined : Number(flags.seed);
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new Error(`--seed is ${flags.seed}: give a whole number`);
  const report = await checkContract(run, {
    ...(flags.check && { checks: flags.check }),
    ...(seed !== undefined && { seed }),
  });
  if (flags.report !== undefined) await writeFile(flags.report, `${JSON.stringify(report, undefined, 2)}\n`);
  print(formatReport(report));
  return exitCodes[report.verdict];
}

async function loadSubject(file: string): Promise<ContractRun<AnyAdapter>> {
  const { default: loaded } = await import(pathToFileURL(resolve(file)).href);
  if (typeof loaded?.subject === 'function' && Array.isArray(loaded.contract?.groups)) return loaded;
  throw new Error(`${file} has no default export of { contract, subject }`);
}

function list(print: Print): number {
  for (const { contract } of contracts) {
    for (const { id, rule } of checksOf(contract)) print(`${id}  ${rule}`);
  }
  return 0;
}

function explain(id: string, print: Print): number {
  for (const { contract, saboteurs } of contracts) {
    const found = checksOf(contract).find((candidate) => candidate.id === id);
    if (!found) continue;
    const { rule, anchor, why, needs = [] } = found;
    print([id, `  rule   ${rule} (${anchor})`, `  why    ${why}`].join('\n'));
    if (needs.length > 0) print(`  needs  ${needs.join(', ')}`);
    const killed = saboteurs.filter(({ caughtBy }) => caughtBy.some((kill) => kill.check === id));
    for (const saboteur of killed) print(`  kills  ${saboteur.id}: ${saboteur.breaks}`);
    return 0;
  }
  throw new Error(`there is no check ${JSON.stringify(id)}: aiwork-contract list names them all`);
}

async function matrix(print: Print): Promise<number> {
  let escaped = 0;
  for (const { contract, saboteurs, reference } of contracts) {
    const { rows, idle } = await killMatrix(contract, saboteurs, reference, 1);
    for (const { saboteur, failed, missed } of rows) {
      if (missed.length > 0) escaped += 1;
      const verdict = missed.length > 0 ? 'NOT caught' : 'caught';
      print(`${contract.id}  ${saboteur}  ${verdict} by ${[...failed.keys()].join(', ') || 'nothing'}`);
    }
    for (const id of idle) print(`${contract.id}  ${id} kills nothing`);
    print(`${contract.id}: ${checksOf(contract).length} checks, ${saboteurs.length} saboteurs`);
    escaped += idle.length;
  }
  return escaped > 0 ? 1 : 0;
}
