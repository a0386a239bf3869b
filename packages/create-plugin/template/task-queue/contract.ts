import { defineSubject, embedded, taskQueueContract } from '@aiwork/contract-tests';
import { createTaskQueue } from './src/task-queue.ts';

/** What is checked, and how a client of it is opened. */
export default defineSubject({
  contract: taskQueueContract,
  name: 'my-plugin',
  package: new URL('./package.json', import.meta.url),
  // Runs within this process. For a service, give a ServiceSource: README.md, "Check it on its service".
  service: embedded,
  // Two clients of one namespace see the same. Where they cannot: { skipped: 'why' }.
  secondClient: true,
  open: ({ namespace }) => createTaskQueue({ namespace }),
});
