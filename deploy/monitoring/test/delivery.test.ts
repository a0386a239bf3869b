import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import {
  type AlertmanagerService,
  alertmanagerService,
  type HeldService,
  type PrometheusService,
  prometheusService,
} from '@aiwork/contract-tests/services';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type BusyService, startBusyService } from '../src/busy-service.ts';
import { file } from '../src/files.ts';
import { copyOf, here } from './settings.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
const waitMs = 120_000;
vi.setConfig({ testTimeout: 2 * waitMs });

interface Notice {
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly status: string }[];
}

const notices: Notice[] = [];
const mails: string[] = [];

const hook = createServer(async (request: IncomingMessage, response) => {
  notices.push((await json(request)) as Notice);
  response.end();
});
const mailbox = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, _session, done) {
    text(stream).then((mail) => {
      mails.push(mail);
      done();
    }, done);
  },
});

let service: BusyService;
let folders: readonly Awaited<ReturnType<typeof copyOf>>[] = [];
let alertmanager: HeldService<AlertmanagerService>;
let prometheus: HeldService<PrometheusService>;

beforeAll(async () => {
  service = await startBusyService();
  hook.listen(0, '0.0.0.0');
  await once(hook, 'listening');
  const mailPort = await new Promise<number>((listening) => {
    const server = mailbox.listen(0, '0.0.0.0', () => listening((server.address() as AddressInfo).port));
  });
  const telling = await copyOf('alertmanager');
  await telling.change('alertmanager.yml', ({ global, route, receivers }) => {
    Object.assign(global, { smtp_smarthost: here(mailPort), smtp_require_tls: false });
    delete global.smtp_auth_username;
    delete global.smtp_auth_password_file;
    Object.assign(route, { group_wait: '1s', group_interval: '1s' });
    const [webhook] = receivers.flatMap(({ webhook_configs = [] }) => webhook_configs);
    webhook.url = `http://${here((hook.address() as AddressInfo).port)}/alerts`;
  });
  alertmanager = await alertmanagerService({ folder: telling.path }).hold();
  const asking = await copyOf('prometheus');
  await asking.change('prometheus.yml', (settings) => {
    Object.assign(settings.global, { scrape_interval: '500ms', evaluation_interval: '500ms' });
    settings.alerting.alertmanagers[0].static_configs[0].targets = [here(alertmanager.service.address.port)];
    settings.scrape_configs = [{ job_name: 'aiwork', static_configs: [{ targets: [here(service.port)] }] }];
  });
  // How long something has to last is what promtool tests; nobody waits for that here.
  await asking.change('alerts.yml', ({ groups }) => {
    for (const rule of groups.flatMap(({ rules }: { rules: readonly object[] }) => rules)) {
      if (rule.for) rule.for = '1s';
    }
  });
  prometheus = await prometheusService({ folder: asking.path }).hold();
  folders = [telling, asking];
}, coldStartMs);
afterAll(async () => {
  await prometheus.release();
  await alertmanager.release();
  await service[Symbol.asyncDispose]();
  for (const folder of folders) await folder.remove();
  hook.closeAllConnections();
  hook.close();
  await new Promise<void>((closed) => mailbox.close(closed));
});

const told = (alertname: string, status: Notice['status']) =>
  notices.some((notice) =>
    notice.alerts.some((alert) => alert.labels['alertname'] === alertname && alert.status === status),
  );
/** A line of a header may go on in the next. */
const mailOf = (subject: string) =>
  mails.find((mail) =>
    mail
      .replaceAll(/\r\n\s+/g, ' ')
      .split('\r\n')
      .some((line) => line.startsWith('Subject:') && line.includes(subject)),
  );

it('tells by webhook and by mail that runs fail, and not that something else does', async () => {
  const over = new AbortController();
  const working = (async () => {
    while (!over.signal.aborted) {
      await service.work({ failures: 1 });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  await expect.poll(() => told('AiworkErrorBudgetBurnsFast', 'firing'), { timeout: waitMs }).toBe(true);
  await expect.poll(() => mailOf('AiworkErrorBudgetBurnsFast'), { timeout: waitMs }).toBeDefined();
  over.abort();
  await working;
  const units = notices.flatMap(({ alerts }) => alerts.flatMap(({ labels }) => labels['unit'] ?? []));
  expect(new Set(units)).toEqual(new Set(['tax']));
  expect(told('AiworkServerDown', 'firing')).toBe(false);
  const mail = mailOf('AiworkErrorBudgetBurnsFast');
  expect(mail).toContain('From: aiwork@example.org');
  expect(mail).toContain('To: on-call@example.org');
});

it('tells that a server is down, and when it is over', async () => {
  const { port } = service;
  await service[Symbol.asyncDispose]();
  await expect.poll(() => told('AiworkServerDown', 'firing'), { timeout: waitMs }).toBe(true);
  await expect.poll(() => mailOf('AiworkServerDown'), { timeout: waitMs }).toBeDefined();
  service = await startBusyService({ port });
  await expect.poll(() => told('AiworkServerDown', 'resolved'), { timeout: waitMs }).toBe(true);
});

it('has settings that Alertmanager takes as they are', async () => {
  const [telling] = folders;
  await telling?.write('as-they-are.yml', await readFile(file('alertmanager/alertmanager.yml'), 'utf8'));
  const said = await alertmanager.service.amtool(['check-config', '/etc/alertmanager/as-they-are.yml']);
  expect(said).toContain('2 receivers');
});
