import { fileURLToPath } from 'node:url';

/** The path of a file beside this folder. */
export const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const dashboardFile = file('grafana/dashboards/aiwork.json');
