import { defineSubject, embedded, embedderContract } from '@aiwork/contract-tests';
import { createEmbedder } from './src/embedder.ts';

/** What is checked, and how one is opened. Each is checked by itself: embedders share nothing. */
export default defineSubject({
  contract: embedderContract,
  name: 'my-plugin',
  package: new URL('./package.json', import.meta.url),
  // Runs within this process. For a service, give a ServiceSource: README.md, "Check it on its service".
  service: embedded,
  open: () => createEmbedder(),
});
