import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type HeldService, type PrometheusService, prometheusService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
const waitMs = 60_000;
vi.setConfig({ testTimeout: 2 * waitMs });

const scraped = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end('tea_total 3\n');
});
let folder: string;
let held: HeldService<PrometheusService>;

beforeAll(async () => {
  await new Promise<void>((listening) => scraped.listen(0, '0.0.0.0', listening));
  folder = await mkdtemp(join(tmpdir(), 'aiwork-prometheus-'));
  await chmod(folder, 0o755);
  const target = `host.docker.internal:${(scraped.address() as AddressInfo).port}`;
  const jobs = [{ job_name: 'tea', static_configs: [{ targets: [target] }] }];
  const config = { global: { scrape_interval: '200ms' }, scrape_configs: jobs };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  await writeFile(join(folder, 'broken.yml'), '{"scrape_configs": 4711}');
  held = await prometheusService({ folder }).hold();
}, coldStartMs);
afterAll(async () => {
  await held.release();
  await rm(folder, { recursive: true });
  scraped.closeAllConnections();
  scraped.close();
});

async function resultOf(query: string): Promise<string | undefined> {
  const response = await fetch(`${held.service.url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as { data: { result: readonly { value: [number, string] }[] } };
  return data.result[0]?.value[1];
}

describeWithEngine('prometheusService', () => {
  it('scrapes what listens on this machine, also after a kill', async () => {
    await expect.poll(() => resultOf('tea_total'), { timeout: waitMs }).toBe('3');
    await held.service.kill?.();
    await expect.poll(() => resultOf('count_over_time(tea_total[1m])'), { timeout: waitMs }).toMatch(/^\d+$/);
  });

  it('checks files with its own tool, and says what is wrong with them', async () => {
    const { promtool } = held.service;
    expect(await promtool(['check', 'config', '/etc/prometheus/prometheus.yml'])).toContain('SUCCESS');
    await expect(promtool(['check', 'config', '/etc/prometheus/broken.yml'])).rejects.toThrow(
      'cannot unmarshal',
    );
  });

  it('says which it is', () => {
    expect(held.service.facts).toMatchObject({
      name: 'prometheus',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});
