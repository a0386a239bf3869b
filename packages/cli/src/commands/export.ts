import process from 'node:process';
import { type ExportedFile, hasCode } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { exporterOptions } from '../export/exporter-options.ts';
import { findExporter } from '../export/find-exporter.ts';
import { compareFiles, writeFiles } from '../export/write-files.ts';
import { chooseFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { UsageError } from '../usage-error.ts';

export interface ExportCommandOptions {
  readonly flow?: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly approximate?: boolean;
}

/** `aiwork export`: writes a flow as files of another system. `words` are flags for its exporter. */
export async function exportFlow(
  target: string,
  file: string,
  words: readonly string[],
  options: ExportCommandOptions,
): Promise<ExitCode> {
  const { flow, out, check = false, approximate = false } = options;
  if (check && out === undefined) {
    throw new UsageError('--check compares with files that are there', {
      hint: 'name their folder: --out DIR',
    });
  }
  const flowFile = await loadFlowFile(file);
  await using found = await findExporter(target, flowFile);
  const files = await found.exporter
    .export(chooseFlow(flowFile, flow), { file, ...exporterOptions(words), approximate })
    .catch((error: unknown) => {
      throw explained(error, approximate);
    });
  if (out === undefined) return print(files);
  return check ? compare(files, out) : write(files, out);
}

function explained(error: unknown, approximate: boolean): unknown {
  if (hasCode(error, 'AIWORK_INVALID_ARGUMENT')) return new UsageError(error.message);
  if (!hasCode(error, 'AIWORK_UNSUPPORTED_CAPABILITY') || approximate) return error;
  return Object.assign(error, {
    hint: '--approximate writes what comes nearest, and says in the files where it differs',
  });
}

function print(files: readonly ExportedFile[]): ExitCode {
  const [only, another] = files;
  if (another) {
    throw new UsageError(`it comes to ${files.length} files`, { hint: 'name a folder for them: --out DIR' });
  }
  if (only) writeOut(only.content);
  return exitCode.ok;
}

async function write(files: readonly ExportedFile[], out: string): Promise<ExitCode> {
  const compared = await compareFiles(files, out);
  await writeFiles(compared);
  for (const { path, state } of compared) {
    process.stderr.write(state === 'same' ? `${path} is up to date\n` : `Wrote ${path}\n`);
  }
  return exitCode.ok;
}

async function compare(files: readonly ExportedFile[], out: string): Promise<ExitCode> {
  const compared = await compareFiles(files, out);
  const said = { same: 'is up to date', different: 'is out of date', missing: 'is not there' } as const;
  for (const { path, state } of compared) process.stderr.write(`${path} ${said[state]}\n`);
  return compared.every(({ state }) => state === 'same') ? exitCode.ok : exitCode.failed;
}
