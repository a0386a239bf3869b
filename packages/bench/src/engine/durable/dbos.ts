import { DBOS } from '@dbos-inc/dbos-sdk';
import { joinStep, nameOf, type Subject, trivialStep, type Work, workInput } from '../work.ts';

export interface DbosSubjectOptions {
  /** Where its tables are: a PostgreSQL connection string. */
  readonly url: string;
}

const step = (name: string, run: () => Promise<number>) => DBOS.runStep(run, { name });

async function chain(size: number): Promise<number> {
  let value = workInput;
  for (let i = 0; i < size; i += 1) value = await step(`step-${i}`, () => trivialStep(value));
  return value;
}

async function fanOut(size: number): Promise<number> {
  const parts = Array.from({ length: size }, (_, i) => step(`step-${i}`, () => trivialStep(workInput)));
  const values = await Promise.all(parts);
  return step('join', () => joinStep(values));
}

let launched: Promise<unknown> | undefined;

/** Workflows on PostgreSQL, each step a `DBOS.runStep`. */
export const subject: Subject<DbosSubjectOptions> = {
  async prepare(work: Work, { url }) {
    // Workflows have to be registered before the one launch, so all works the benchmark knows are.
    launched ??= launch(url);
    await launched;
    const workflow = workflows.get(work.shape);
    if (!workflow) throw new Error(`no workflow for ${nameOf(work)}`);
    return { run: () => workflow(work.size) };
  },
};

const workflows = new Map([
  ['chain', DBOS.registerWorkflow(chain, { name: 'chain' })],
  ['fan-out', DBOS.registerWorkflow(fanOut, { name: 'fan-out' })],
]);

async function launch(url: string): Promise<void> {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, runAdminServer: false, logLevel: 'error' });
  await DBOS.launch();
}
