// `pnpm picture`: has a server work for some minutes, asks a real Prometheus what the dashboard asks, and draws the answers
// where the dashboard has its panels. Grafana is not in any registry of packages, so this stands in for it.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prometheusService } from '@aiwork/contract-tests/services';
import { chromium } from 'playwright-core';
import { parse, stringify } from 'yaml';
import { startBusyService } from './busy-service.ts';
import { type DrawnPanel, drawPanel } from './draw-panel.ts';
import { dashboardFile, file } from './files.ts';

const workMs = 4 * 60_000;
const stepSeconds = 2;
const width = 1440;
const rowHeight = 36;
const picture = file('../../docs/operations/images/dashboard.png');

interface Panel {
  readonly type: 'row' | 'stat' | 'timeseries';
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** Settings of Prometheus that scrape this machine, and often. */
async function settingsFor(port: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-picture-'));
  await chmod(folder, 0o755);
  const settings = parse(await readFile(file('prometheus/prometheus.yml'), 'utf8'));
  Object.assign(settings.global, { scrape_interval: '2s', evaluation_interval: '2s' });
  delete settings.alerting;
  const targets = [`host.docker.internal:${port}`];
  settings.scrape_configs = [{ job_name: 'aiwork', static_configs: [{ targets }] }];
  await writeFile(join(folder, 'prometheus.yml'), stringify(settings));
  await writeFile(join(folder, 'alerts.yml'), await readFile(file('prometheus/alerts.yml')));
  return folder;
}

/** A while in which more and more goes wrong, and then less again. */
async function keepBusy(service: Awaited<ReturnType<typeof startBusyService>>): Promise<void> {
  const start = performance.now();
  let rounds = 0;
  for (;;) {
    const share = (performance.now() - start) / workMs;
    if (share >= 1) return;
    const trouble = Math.sin(Math.PI * share) ** 4;
    await service.work({
      failures: trouble / 3,
      retries: 0.05 + trouble / 2,
      slownessMs: 40 + 400 * trouble,
    });
    if (rounds % 8 === 0) await service.pileUp();
    rounds += 1;
    await delay(250 * (1.2 - trouble));
  }
}

async function ask(url: string, expr: string, from: number, to: number): Promise<readonly Series[]> {
  const query = expr
    .replaceAll('$__rate_interval', '20s')
    .replaceAll('$__range', `${Math.round(to - from)}s`)
    .replaceAll('$unit', '.*');
  const parameters = { query, start: `${from}`, end: `${to}`, step: `${stepSeconds}` };
  const response = await fetch(`${url}/api/v1/query_range?${new URLSearchParams(parameters)}`);
  const { data, error } = (await response.json()) as { data?: { result: readonly Series[] }; error?: string };
  if (!data) throw new Error(`${query}: ${error}`);
  return data.result;
}

async function drawn(panel: Panel, url: string, from: number, to: number): Promise<DrawnPanel> {
  const { type, title, gridPos, fieldConfig, targets = [] } = panel;
  const column = width / 24;
  const answers = await Promise.all(
    targets.map(async ({ expr, legendFormat }) =>
      (await ask(url, expr, from, to)).map(({ metric, values }) => ({
        name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
        points: values.map(([at, value]) => [at, Number(value)] as const),
      })),
    ),
  );
  return {
    kind: type,
    title,
    unit: fieldConfig?.defaults.unit ?? 'short',
    x: gridPos.x * column,
    y: gridPos.y * rowHeight,
    width: gridPos.w * column,
    height: gridPos.h * rowHeight,
    from,
    to,
    lines: answers.flat(),
  };
}

async function screenshot(html: string, height: number): Promise<Buffer> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.setContent(html);
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}

await using service = await startBusyService();
const folder = await settingsFor(service.port);
try {
  await using held = await prometheusService({ folder }).hold();
  const { url } = held.service;
  console.log(`working for ${workMs / 60_000} minutes …`);
  const from = Date.now() / 1000;
  await keepBusy(service);
  const to = Date.now() / 1000;
  const { panels }: { panels: readonly Panel[] } = JSON.parse(await readFile(dashboardFile, 'utf8'));
  const all = await Promise.all(panels.map((panel) => drawn(panel, url, from, to)));
  const height = Math.max(...all.map((panel) => panel.y + panel.height));
  const style = 'margin:0;background:#111217;position:relative;font-family:sans-serif';
  const html = `<!doctype html><meta charset="utf-8"><body style="${style}">${all.map(drawPanel).join('')}`;
  await mkdir(dirname(picture), { recursive: true });
  await writeFile(picture, await screenshot(html, height));
  console.log(picture);
} finally {
  await rm(folder, { recursive: true });
}
