import { defineSubject, embedded, modelRuntimeContract } from '@aiwork/contract-tests';
import { createOnnxRuntime } from './src/index.ts';

export default defineSubject({
  contract: modelRuntimeContract,
  name: 'ONNX Runtime',
  package: new URL('./package.json', import.meta.url),
  service: embedded,
  secondClient: { skipped: 'two runtimes share nothing' },
  // Hundreds of sessions are opened, each in a thread of its own.
  checkDeadlineMs: 120_000,
  open: () => createOnnxRuntime(),
});
