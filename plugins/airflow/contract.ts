import { fileURLToPath } from 'node:url';
import { defineSubject, flowExporterContract, flowExporterUnderTest } from '@aiwork/contract-tests';
import { airflowService } from '@aiwork/contract-tests/services';
import { airflowTool } from './src/airflow-tool.fixture.ts';
import { airflowExporter } from './src/index.ts';
import { command } from './src/real-airflow.fixture.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const flows = fileURLToPath(import.meta.resolve('@aiwork/contract-tests/flows'));
const options = { file: flows, command };

/** What Airflow has nothing for. */
const unsupported = [
  'race',
  'wait',
  'undo',
  'rate-limit',
  'flow-budget',
  'schedule-seconds',
  'several-schedules',
  'overlap-cancel',
] as const;

const holdTo = (version: 2 | 3) =>
  defineSubject({
    contract: flowExporterContract,
    name: `Airflow ${version}`,
    package: new URL('./package.json', import.meta.url),
    // Tasks start the command line from the sources.
    service: airflowService({ version, mounts: [{ source: repository, target: repository }] }),
    // Airflow takes seconds to start, and a process for each task.
    checkDeadlineMs: 10 * 60_000,
    open: ({ service }) =>
      flowExporterUnderTest(airflowExporter(), airflowTool(service, options), { unsupported, options }),
  });

export default [holdTo(2), holdTo(3)];
