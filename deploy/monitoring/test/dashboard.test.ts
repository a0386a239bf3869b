import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboard } from '../src/dashboard.ts';
import { dashboardFile, file } from '../src/files.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
}

const { panels } = JSON.parse(JSON.stringify(dashboard())) as { readonly panels: readonly Panel[] };

it('is what the file says that Grafana reads; `pnpm dashboard` writes it', async () => {
  expect(JSON.parse(await readFile(dashboardFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(dashboard())));
});

it('gives each panel an id of its own and a place where no other is', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
});

it('asks the datasource that provisioning sets up', async () => {
  const { datasources } = parse(
    await readFile(file('grafana/provisioning/datasources/prometheus.yml'), 'utf8'),
  );
  const asked = new Set(panels.flatMap(({ datasource }) => datasource?.uid ?? []));
  expect([...asked]).toEqual([datasources[0].uid]);
});
