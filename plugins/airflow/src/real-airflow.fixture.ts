import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AirflowService, airflowService } from '@aiwork/contract-tests/services';
import type { AnyFlow } from '@aiwork/core';
import { askAirflow, type RunEnd } from './ask-airflow.fixture.ts';
import { exportFlow } from './export-flow.ts';
import type { AirflowExportOptions } from './options.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** What a task starts: the command line from its sources, which every task would compile again. */
export const command = [
  ...['env', 'NODE_COMPILE_CACHE=/tmp/aiwork-compiled'],
  ...['node', '--conditions=@aiwork/source', join(repository, 'packages/cli/src/main.ts')],
];

export const fileOf = (module: string): string => fileURLToPath(new URL(module, import.meta.url));

export interface RealAirflow extends AsyncDisposable {
  readonly service: AirflowService;
  /** Reads files as Airflow's importer does. */
  inspect(files: Readonly<Record<string, string>>): ReturnType<typeof askAirflow>;
  /** Runs DAGs to their ends, as `airflow dags test` does, one after the other. */
  runAll(
    runs: readonly {
      readonly flow: AnyFlow;
      readonly input: unknown;
      readonly options: AirflowExportOptions;
    }[],
  ): Promise<readonly RunEnd[]>;
}

export async function openRealAirflow(version: 2 | 3): Promise<RealAirflow> {
  const mounts = [{ source: repository, target: repository }];
  const held = await airflowService({ version, mounts }).hold();

  return {
    service: held.service,
    inspect: (files) => askAirflow(held.service, files, []),
    async runAll(runs) {
      const exported = runs.map(({ flow, options }) => exportFlow(flow, { command, ...options }));
      const files = Object.fromEntries(exported.flat().map(({ path, content }) => [path, content]));
      const asked = exported.map(([file], i) => ({
        file: file?.path ?? '',
        conf: runs[i]?.input,
      }));
      return (await askAirflow(held.service, files, asked)).ends;
    },
    [Symbol.asyncDispose]: () => held.release(),
  };
}
