import { definePlugin, type Plugin } from '@aiwork/core';
import { createGuardrail, type GuardrailOptions } from './guardrail.ts';

export { createGuardrail, type GuardrailOptions } from './guardrail.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: GuardrailOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      host.provide('guardrail', createGuardrail(options));
    },
  })();
}
