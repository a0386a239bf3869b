import { defineSubject, embedded, modelRuntimeContract } from '@aiwork/contract-tests';
import { createOpenvinoRuntime } from './src/index.ts';

export default defineSubject({
  contract: modelRuntimeContract,
  name: 'OpenVINO',
  package: new URL('./package.json', import.meta.url),
  service: embedded,
  secondClient: { skipped: 'two runtimes share nothing' },
  open: () => createOpenvinoRuntime(),
});
