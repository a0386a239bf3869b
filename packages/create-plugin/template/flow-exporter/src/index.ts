import { definePlugin, type Plugin } from '@aiwork/core';
import { createFlowExporter, type FlowExporterOptions } from './flow-exporter.ts';

export { createFlowExporter, type FlowExporterOptions } from './flow-exporter.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: FlowExporterOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      host.provide('exporter', createFlowExporter(options));
    },
  })();
}
