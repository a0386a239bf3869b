import { type StepRunEnd, toJsonData } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { PayloadFolder } from './payload-folder.ts';
import type { TaskPart } from './step-options.ts';

export interface AnswerOptions {
  readonly part: TaskPart;
  /** Where outputs of more than `inlineBytes` go. */
  readonly folder: PayloadFolder | undefined;
  readonly inlineBytes: number;
}

/** What is said of the end of an attempt: a line of JSON, and an exit code. */
export async function toAnswer(
  end: StepRunEnd,
  options: AnswerOptions,
): Promise<{ readonly line: object; readonly code: ExitCode }> {
  const { status } = end;
  switch (status) {
    case 'succeeded':
      return { line: { status, ...(await outputOf(end.value, options)) }, code: exitCode.ok };
    case 'skipped':
      return { line: { status }, code: exitCode.ok };
    case 'failed':
      return {
        line: { status, error: end.error },
        code: end.mayRetry ? exitCode.failed : exitCode.failedForGood,
      };
    case 'cancelled':
      return { line: { status }, code: exitCode.failedForGood };
  }
}

async function outputOf(value: unknown, { part, folder, inlineBytes }: AnswerOptions): Promise<object> {
  const output = toJsonData(value, 'the output');
  const items = part === 'over' && Array.isArray(value) ? { items: value.length } : {};
  if (!folder || output === undefined) return { ...items, output };
  const json = JSON.stringify(output);
  return Buffer.byteLength(json) > inlineBytes
    ? { ...items, ref: await folder.put(json) }
    : { ...items, output };
}
