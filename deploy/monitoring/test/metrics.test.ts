import { type HeldService, type PrometheusService, prometheusService } from '@aiwork/contract-tests/services';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BusyService, startBusyService } from '../src/busy-service.ts';
import { dashboardQueries, filled } from './queries.fixture.ts';
import { copyOf, here, isAlert, readRules } from './settings.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
const waitMs = 90_000;
vi.setConfig({ testTimeout: 2 * waitMs });

const rules = await readRules();
const queries = [
  ...(await dashboardQueries()).map(({ title, expr }) => [`panel "${title}"`, filled(expr)] as const),
  ...rules.map((rule) => [isAlert(rule) ? `alert ${rule.alert}` : `rule ${rule.record}`, rule.expr] as const),
];

let service: BusyService;
let folder: Awaited<ReturnType<typeof copyOf>>;
let held: HeldService<PrometheusService>;
const over = new AbortController();
let working: Promise<void>;

beforeAll(async () => {
  service = await startBusyService();
  folder = await copyOf('prometheus');
  await folder.change('prometheus.yml', (settings) => {
    Object.assign(settings.global, { scrape_interval: '500ms', evaluation_interval: '500ms' });
    settings.alerting = {};
    settings.scrape_configs = [{ job_name: 'aiwork', static_configs: [{ targets: [here(service.port)] }] }];
  });
  held = await prometheusService({ folder: folder.path }).hold();
  working = keepBusy();
}, coldStartMs);
afterAll(async () => {
  over.abort();
  await working;
  await held.release();
  await service[Symbol.asyncDispose]();
  await folder.remove();
});

async function keepBusy(): Promise<void> {
  await service.pileUp();
  while (!over.signal.aborted) {
    await service.work({ failures: 0.5, retries: 0.5 });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function ask(query: string): Promise<readonly Sample[]> {
  const response = await fetch(`${held.service.url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data, error } = (await response.json()) as { data?: { result: readonly Sample[] }; error?: string };
  if (!data) throw new Error(`${query}: ${error}`);
  return data.result;
}

/** What a service exposes: the names of metrics, each with its labels. */
async function exposed(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const found = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const known = found.get(name) ?? new Set(['instance', 'job']);
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

describe('what is asked for', () => {
  it.each(queries)('%s names metrics and labels that a service has', async (name, expr) => {
    await expect
      .poll(async () => unknownIn(expr, await exposed()), { timeout: waitMs, message: name })
      .toEqual([]);
  });

  // What there is nothing wrong with gives nothing.
  it.each(queries.filter(([name]) => !name.startsWith('alert')))('%s gives numbers', async (name, expr) => {
    const isNumber = ({ value }: Sample) => Number.isFinite(Number(value[1]));
    await expect
      .poll(async () => (await ask(expr)).some(isNumber), { timeout: waitMs, message: name })
      .toBe(true);
  });
});

const recorded = rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]));

/** The metrics that a query names and nobody exposes, and its labels that they do not have. */
function unknownIn(expr: string, known: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, by = '']) => by.split(/,\s*/));
  const selectors = expr.replaceAll(/by \([^)]*\)/g, '');
  const named = [...selectors.matchAll(/([\w:]*(?:aiwork|gen_ai)_[\w:]+)(?:\{([^}]*)\})?/g)];
  return named.flatMap(([, name = '', selector = '']) => {
    if (recorded.includes(name)) return [];
    const labels = known.get(name);
    if (!labels) return [name];
    const selected = [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
    return [...selected, ...grouped]
      .filter((label) => !labels.has(label))
      .map((label) => `${name}{${label}}`);
  });
}
