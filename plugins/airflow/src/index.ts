export { airflowId, decodeAirflowId } from './airflow-id.ts';
export { type AirflowTask, airflowExporter, airflowTasks, exportFlow } from './export-flow.ts';
export type { AirflowExportOptions, AirflowRunner } from './options.ts';
export { type AirflowPluginOptions, airflow } from './plugin.ts';
