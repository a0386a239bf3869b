import { readFile } from 'node:fs/promises';
import { dashboardFile } from '../src/files.ts';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Every query of the dashboard, with the name of its panel. */
export async function dashboardQueries(): Promise<
  readonly { readonly title: string; readonly expr: string }[]
> {
  const { panels }: { panels: readonly Panel[] } = JSON.parse(await readFile(dashboardFile, 'utf8'));
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
}

/** A query of Grafana as Prometheus takes it. */
export function filled(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m').replaceAll('$unit', '.*');
}
