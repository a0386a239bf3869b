import { readFile } from 'node:fs/promises';
import { type Guardrail, hasCode } from '@aiwork/core';
import { isModuleName, loadModule } from '../flow-file/load-module.ts';
import { UsageError } from '../usage-error.ts';
import type { GuardrailsPackage } from './guardrails-package.ts';

/**
 * The guardrails of a policy, or those that a module exports.
 *
 * @throws `AIWORK_USAGE` saying what is wrong with the file, and in a policy where.
 */
export async function loadGuardrails(
  path: string,
  { guardrailPolicy }: Pick<GuardrailsPackage, 'guardrailPolicy'>,
): Promise<readonly Guardrail[]> {
  if (isModuleName(path)) return exportedBy(path);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`cannot read the policy ${path}: ${error.message}`);
  });
  try {
    return guardrailPolicy(text, { source: path });
  } catch (error) {
    if (!hasCode(error, 'AIWORK_INVALID_ARGUMENT')) throw error;
    throw new UsageError(error.message);
  }
}

async function exportedBy(path: string): Promise<readonly Guardrail[]> {
  const { guardrails } = await loadModule(path);
  if (Array.isArray(guardrails) && guardrails.length > 0 && guardrails.every(isGuardrail)) return guardrails;
  throw new UsageError(`the export "guardrails" of ${path} is no list of guardrails`, {
    hint: 'write: export const guardrails = [ … ]',
  });
}

function isGuardrail(value: unknown): value is Guardrail {
  const { name, on, check } = (value ?? {}) as Partial<Guardrail>;
  return typeof name === 'string' && Array.isArray(on) && typeof check === 'function';
}
