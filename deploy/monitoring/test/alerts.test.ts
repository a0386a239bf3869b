import { readFile } from 'node:fs/promises';
import { type HeldService, type PrometheusService, prometheusService } from '@aiwork/contract-tests/services';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { file } from '../src/files.ts';
import { copyOf, isAlert, readRules } from './settings.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
// promtool makes a database for every case.
vi.setConfig({ testTimeout: 600_000 });

interface Case {
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

interface RuleTest {
  readonly rule_files: readonly string[];
  readonly tests: readonly Case[];
}

const names = ['alerts.test.yml', 'slow-alerts.test.yml'];
const ruleTests = await Promise.all(
  names.map(async (name): Promise<RuleTest> => parse(await readFile(file(`test/${name}`), 'utf8'))),
);
const alerts = (await readRules()).filter(isAlert);

let folder: Awaited<ReturnType<typeof copyOf>>;
let held: HeldService<PrometheusService>;

beforeAll(async () => {
  folder = await copyOf('prometheus');
  for (const name of names) await folder.write(name, await readFile(file(`test/${name}`), 'utf8'));
  held = await prometheusService({ folder: folder.path }).hold();
}, coldStartMs);
afterAll(async () => {
  await held.release();
  await folder.remove();
});

const promtool = (...args: readonly string[]) => held.service.promtool(args);

it('has settings and rules that Prometheus takes', async () => {
  expect(await promtool('check', 'config', '/etc/prometheus/prometheus.yml')).toContain('22 rules found');
});

it('fires where it has to, and nowhere else', async () => {
  const files = names.map((name) => `/etc/prometheus/${name}`);
  await expect(promtool('test', 'rules', ...files)).resolves.not.toContain('FAILED');
});

/** The cases that look at an alert. */
const casesOf = ({ tests }: RuleTest, alert: string) =>
  tests.filter(({ alert_rule_test }) => alert_rule_test.some(({ alertname }) => alertname === alert));

/** Has promtool test an alert as if its expression was another. */
async function testAs(alert: string, expr: string): Promise<string> {
  const name = `${alert}-${expr.length}`;
  const rules = parse(await readFile(file('prometheus/alerts.yml'), 'utf8'));
  for (const rule of rules.groups.flatMap(({ rules }: { rules: readonly object[] }) => rules)) {
    if (rule.alert === alert) rule.expr = expr;
  }
  await folder.write(`${name}.yml`, stringify(rules));
  const files = ruleTests.map(async (ruleTest, index) => {
    const tests = casesOf(ruleTest, alert);
    const path = `${name}-${index}.test.yml`;
    await folder.write(path, stringify({ ...ruleTest, rule_files: [`${name}.yml`], tests }));
    return `/etc/prometheus/${path}`;
  });
  return promtool('test', 'rules', ...(await Promise.all(files)));
}

describe.each(alerts)('$alert', ({ alert, expr, annotations }) => {
  it('is tested to fire, and not to', () => {
    const looks = ruleTests.flatMap((ruleTest) =>
      casesOf(ruleTest, alert).flatMap(({ alert_rule_test }) =>
        alert_rule_test.filter(({ alertname }) => alertname === alert),
      ),
    );
    expect(looks.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    expect(looks.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
  });

  it('is found out when it never fires, and when it always does', async () => {
    await expect(testAs(alert, expr)).resolves.not.toContain('FAILED');
    await expect(testAs(alert, 'vector(0) > 1')).rejects.toThrow();
    await expect(testAs(alert, 'vector(1)')).rejects.toThrow();
  });

  it('leads to what it means and what to do', async () => {
    const page = await readFile(file('../../docs/operations/monitoring.md'), 'utf8');
    const [, anchor] = annotations['runbook_url']?.split('#') ?? [];
    expect(anchor).toBe(alert.toLowerCase());
    expect(page).toContain(`### ${alert}\n`);
  });
});
