// A test file of Vitest: LangGraph's own suite on one subject, in a worker of its own.
import { validate } from '@langchain/langgraph-checkpoint-validation';
import { inject } from 'vitest';
import { subjectOf } from '../our-contract.ts';
import { RunStoreSaver } from './run-store-saver.ts';
import { runStores } from './run-stores.ts';

const subject = await subjectOf(runStores, inject('saboteur'));
let databases = 0;

validate({
  checkpointerName: 'RunStoreSaver',
  createCheckpointer() {
    databases += 1;
    const namespace = `langgraph-${databases}`;
    return new RunStoreSaver(async () => subject.open({ namespace }));
  },
  async afterAll() {
    await subject.close?.();
  },
});
