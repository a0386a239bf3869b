import { definePlugin } from '@aiwork/core';
import { createGuardrail, type GuardrailOptions } from './guardrail.ts';

export { createGuardrail, type GuardrailOptions } from './guardrail.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export const myPlugin = definePlugin<GuardrailOptions | undefined>({
  name: 'my-plugin',
  setup(host, options) {
    host.provide('guardrail', createGuardrail(options));
  },
});
