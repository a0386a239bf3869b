export { type AirflowClient, airflowClient } from './client/airflow-client.ts';
export type { AirflowClientOptions } from './client/client-options.ts';
export type {
  DagRun,
  DagRunChange,
  DagRunState,
  FollowOptions,
  ResultOptions,
  TriggerOptions,
} from './client/dag-run.ts';
export type { ImportedDag } from './client/import-dag.ts';
export { type AirflowTask, airflowExporter, airflowTasks, exportFlow } from './export-flow.ts';
export type { AirflowExportOptions, AirflowRunner } from './options.ts';
export { type AirflowPluginOptions, airflow } from './plugin.ts';
