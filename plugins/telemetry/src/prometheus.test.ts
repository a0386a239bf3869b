import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prometheusService } from '@aiwork/contract-tests/services';
import { createOrchestrator, defineTask } from '@aiwork/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createTelemetry } from './index.ts';

const odd = 'a "quoted" \\ name';

it('is scraped by Prometheus, with names and labels as they are', async () => {
  await using telemetry = createTelemetry({ serviceName: 'letters' });
  const server = createServer((_, response) => {
    void telemetry.scrape().then(({ contentType, body }) => {
      response.writeHead(200, { 'content-type': contentType }).end(body);
    });
  }).listen(0, '0.0.0.0');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
  const task = defineTask({ id: odd, input: z.unknown(), run: () => 1 });
  await (await ai.start(task, {})).result();

  const folder = await mkdtemp(join(tmpdir(), 'aiwork-prometheus-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o755);
  const target = `host.docker.internal:${port}`;
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'aiwork', static_configs: [{ targets: [target] }] }],
    }),
  );
  await using held = await prometheusService({ folder }).hold();
  const ask = async (query: string) => {
    const url = `${held.service.url}/api/v1/query?query=${encodeURIComponent(query)}`;
    const { data } = (await (await fetch(url)).json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ unit: metric['unit'], value: value[1] }));
  };
  const waiting = { timeout: 120_000, interval: 500 };
  await vi.waitFor(async () => expect(await ask('up')).toMatchObject([{ value: '1' }]), waiting);
  const runs = 'aiwork_runs_total{status="succeeded"}';
  await vi.waitFor(async () => expect(await ask(runs)).toEqual([{ unit: odd, value: '1' }]), waiting);
  expect(await ask('aiwork_run_duration_seconds_count')).toEqual([{ unit: odd, value: '1' }]);
  expect(await ask('histogram_quantile(0.5, aiwork_step_duration_seconds_bucket)')).toHaveLength(1);
}, 400_000);
