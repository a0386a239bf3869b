import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AiworkError } from '@aiwork/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import { contractDigest } from '../engine/check-contract.ts';
import type { Contract } from '../engine/contract.ts';
import type { ContractReport } from '../engine/report.ts';
import { reportSchema } from '../engine/report-schema.ts';

const format = reportSchema.properties.format.const;
const isReport = new Ajv2020().compile<ContractReport>(reportSchema);

/**
 * The reports of files, and of all `.json` files of folders.
 *
 * @throws `AIWORK_USAGE` naming every file that is no report about one of `contracts` as it is here, and two that are
 * about the same.
 */
export async function readReports(
  paths: readonly string[],
  contracts: readonly Contract<AnyAdapter>[],
): Promise<readonly ContractReport[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  const wrong: string[] = [];
  const seen = new Map<string, string>();
  const reports: ContractReport[] = [];
  for (const file of files) {
    const read = await readReport(file, contracts);
    if (typeof read === 'string') {
      wrong.push(`${file} ${read}`);
      continue;
    }
    const about = `${read.contract.id} on ${read.subject} of ${read.package?.name ?? 'no package'}`;
    const twin = seen.get(about);
    if (twin !== undefined) wrong.push(`${file} is about ${about}, as ${twin} is: leave one out`);
    seen.set(about, file);
    reports.push(read);
  }
  if (files.length === 0) wrong.push(`there is no report in ${paths.join(', ')}`);
  if (wrong.length > 0) throw new AiworkError('AIWORK_USAGE', wrong.join('\n'));
  return reports;
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new AiworkError('AIWORK_USAGE', `there is no file or folder ${path}`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(path, name));
}

/** The report, or what is wrong with the file. */
async function readReport(
  file: string,
  contracts: readonly Contract<AnyAdapter>[],
): Promise<ContractReport | string> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : error}`;
  }
  if (typeof read !== 'object' || read === null || !('format' in read)) return 'is no contract report';
  if (read.format !== format) {
    return `is a report of the format ${JSON.stringify(read.format)}, and this kit reads ${format}`;
  }
  if (!isReport(read)) {
    const [first] = isReport.errors ?? [];
    return `is not as its format says: ${first?.instancePath || 'it'} ${first?.message}`;
  }
  const { id, version, digest } = read.contract;
  const contract = contracts.find((candidate) => candidate.id === id);
  if (!contract) return `is about the contract ${id}, which this kit does not have`;
  if (contract.version !== version || contractDigest(contract) !== digest) {
    return `is about other rules of ${id} than this kit has (${version} of kit ${read.kit.version}): check again`;
  }
  return read;
}
