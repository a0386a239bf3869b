import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  type HeldService,
  type OtelCollectorService,
  otelCollectorService,
} from '@aiwork/contract-tests/services';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { file } from '../src/files.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 15 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

const execute = promisify(execFile);
let held: HeldService<OtelCollectorService>;

beforeAll(async () => {
  held = await otelCollectorService().hold();
}, coldStartMs);
afterAll(() => held.release());

/** What the collector says of these files; rejects where it does not take them. */
function validate(...files: readonly string[]) {
  const mount = ['--volume', `${file('otel-collector')}:/settings:ro`];
  const environment = ['OTLP_BACKEND_ENDPOINT=https://otlp.example.org', 'OTLP_BACKEND_AUTHORIZATION=none'];
  const configs = files.map((name) => `--config=${name}`);
  return execute('docker', [
    ...['run', '--rm', ...mount, ...environment.flatMap((variable) => ['--env', variable])],
    ...[held.service.facts.image ?? '', 'validate', ...configs],
  ]);
}

it.each([
  ['by itself', ['/settings/collector.yml']],
  ['with a backend', ['/settings/collector.yml', '/settings/backend.yml']],
])('has settings that the collector takes %s', async (_, files) => {
  await expect(validate(...files)).resolves.toBeDefined();
});

it('would hear of settings that it does not take', async () => {
  await expect(validate('env:OTLP_BACKEND_ENDPOINT')).rejects.toThrow('https');
});
