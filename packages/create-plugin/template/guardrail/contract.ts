import { defineSubject, embedded, guardrailContract, guardrailUnderTest } from '@aiwork/contract-tests';
import { createGuardrail } from './src/guardrail.ts';

/** What is checked. A contract cannot know what a guardrail looks for, so its texts are given here. */
export default defineSubject({
  contract: guardrailContract,
  name: 'my-plugin',
  package: new URL('./package.json', import.meta.url),
  // Decides within this process. For a service, give a ServiceSource: README.md, "Check it on its service".
  service: embedded,
  open: () =>
    guardrailUnderTest(createGuardrail(), {
      passes: ['a harmless text'],
      // What is not let through, what is decided on it, and the part that no verdict may repeat.
      catches: [{ text: 'the secret is swordfish', action: 'redact', found: 'swordfish' }],
      // Most milliseconds a check may take, however hostile the text.
      maxMs: 1000,
    }),
});
