import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type AlertmanagerService, alertmanagerService, type HeldService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 120_000 });

const hook = createServer();
let folder: string;
let held: HeldService<AlertmanagerService>;

beforeAll(async () => {
  await new Promise<void>((listening) => hook.listen(0, '0.0.0.0', listening));
  folder = await mkdtemp(join(tmpdir(), 'aiwork-alertmanager-'));
  await chmod(folder, 0o755);
  const url = `http://host.docker.internal:${(hook.address() as AddressInfo).port}/alerts`;
  const config = {
    route: { receiver: 'hook', group_wait: '0s' },
    receivers: [{ name: 'hook', webhook_configs: [{ url }] }],
  };
  await writeFile(join(folder, 'alertmanager.yml'), JSON.stringify(config));
  held = await alertmanagerService({ folder }).hold();
}, coldStartMs);
afterAll(async () => {
  await held.release();
  await rm(folder, { recursive: true });
  hook.closeAllConnections();
  hook.close();
});

describeWithEngine('alertmanagerService', () => {
  it('tells what listens on this machine of an alert', async () => {
    const told = once(hook, 'request');
    const { status } = await fetch(`${held.service.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname: 'NoTea' } }]),
    });
    expect(status).toBe(200);
    const [request, response] = await told;
    expect(await json(request)).toMatchObject({
      status: 'firing',
      alerts: [{ labels: { alertname: 'NoTea' } }],
    });
    response.end();
  });

  it('checks files with its own tool', async () => {
    const said = await held.service.amtool(['check-config', '/etc/alertmanager/alertmanager.yml']);
    expect(said).toContain('SUCCESS');
  });

  it('says which it is', () => {
    expect(held.service.facts).toMatchObject({
      name: 'alertmanager',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});
