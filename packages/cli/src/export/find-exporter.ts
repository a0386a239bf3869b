import { createOrchestrator, type FlowExporter, hasCode, type Plugin } from '@aiwork/core';
import type { FlowFile } from '../flow-file/load-flow-file.ts';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export interface OpenExporter extends AsyncDisposable {
  readonly exporter: FlowExporter;
}

/**
 * The exporter for a target: that of the flow file's plugin of this name, as it is configured there, else that of the
 * package `@aiwork/TARGET`. No other plugin is set up: to export a flow, nothing has to run that it will need.
 *
 * @throws `AIWORK_USAGE` saying how to install it when there is none.
 */
export async function findExporter(target: string, file: FlowFile): Promise<OpenExporter> {
  if (!/^[a-z][a-z0-9-]*$/.test(target)) {
    throw new UsageError(`${JSON.stringify(target)} is no target: name a system, as in airflow`);
  }
  const plugin =
    file.options.plugins?.find(({ name }) => isNamedAfter(target, name)) ?? (await installed(target, file));
  const orchestrator = createOrchestrator({ plugins: [plugin] });
  try {
    // Plugins are set up by the first call that reads or starts a run.
    await orchestrator.list({ limit: 1 });
    const exporter = orchestrator.use('exporter');
    if (exporter.target !== target) {
      throw new UsageError(`plugin "${plugin.name}" exports to ${exporter.target}, not to ${target}`);
    }
    return { exporter, [Symbol.asyncDispose]: () => orchestrator.close() };
  } catch (error) {
    await orchestrator.close();
    if (!hasCode(error, 'AIWORK_SLOT_EMPTY')) throw error;
    throw new UsageError(`plugin "${plugin.name}" exports nothing`);
  }
}

/** `airflow` by `airflow`, `@aiwork/airflow` and `aiwork-airflow`. */
function isNamedAfter(target: string, name: string): boolean {
  return name === target || name.endsWith(`/${target}`) || name.endsWith(`-${target}`);
}

async function installed(target: string, { path }: FlowFile): Promise<Plugin> {
  const name = `@aiwork/${target}`;
  const url = findPackage(name, [path]);
  if (url === undefined) {
    throw new UsageError(`no plugin of ${path} exports to ${target}, and ${name} is not installed`, {
      hint: `npm install ${name}, or name a plugin in the flow file: export const aiwork = { plugins: [ … ] }`,
    });
  }
  const exports = await import(url);
  const make: unknown = exports[camelCase(target)];
  if (typeof make === 'function') return make();
  throw new UsageError(`${name} exports no plugin "${camelCase(target)}": is it of another version?`);
}

const camelCase = (words: string) => words.replace(/-+(.)/g, (_, first: string) => first.toUpperCase());
