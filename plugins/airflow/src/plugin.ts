import { definePlugin, type Plugin } from '@aiwork/core';
import { airflowExporter } from './export-flow.ts';
import type { AirflowExportOptions } from './options.ts';

/** What {@link airflow} takes: how flows are exported unless a call says otherwise. @since 0.1.0 */
export interface AirflowPluginOptions
  extends Omit<Partial<AirflowExportOptions>, 'file' | 'signal' | 'approximate'> {
  /** What the exporter is asked for by, as in `use('exporter', name)`. Default `@aiwork/airflow`. */
  readonly name?: string;
}

/**
 * The plugin: fills the slot `exporter`, which `aiwork export airflow` uses.
 *
 * @example
 * ```ts
 * import { airflow } from '@aiwork/airflow';
 * import { createOrchestrator } from '@aiwork/core';
 *
 * await using ai = createOrchestrator({ plugins: [airflow({ owner: 'data-team', cwd: '/srv/flows' })] });
 * ```
 * @since 0.1.0
 */
export function airflow(options: AirflowPluginOptions = {}): Plugin {
  const { name = '@aiwork/airflow', ...defaults } = options;
  return definePlugin({
    name: '@aiwork/airflow',
    setup(host) {
      host.provide('exporter', airflowExporter(defaults), { name: String(name) });
    },
  })();
}
