import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let state: string;

beforeAll(async () => {
  state = join(await newFolder(), 'runs.db');
  const run = (...args: readonly string[]) => aiwork(['run', ...args, '--state', state]);
  await run(flowFile('greet.ts'), '--tag', 'evening');
  await run(flowFile('greet.ts'));
  await run(flowFile('nap.ts'), '--flow', 'fussy', '-i', '"broccoli"');
  await run(flowFile('approval.ts'), '-i', '{"text":"to be read"}', '--no-wait');
});

const metrics = (...args: readonly string[]) =>
  aiwork(['metrics', '--state', state, ...args], { env: { FORCE_COLOR: '0' } });

describe.concurrent('aiwork metrics', () => {
  it('shows how kept runs went', async () => {
    const { code, stdout, stderr } = await metrics();
    expect(stderr).toMatch(/^Runs that began from \S+Z to \S+Z:\n$/);
    expect(stdout).toMatch(/^runs +4: 2 succeeded, 1 failed \(33\.3 %\), 0 cancelled, 1 unfinished$/m);
    expect(stdout).toMatch(/^took +p50 .+, p95 .+, p99 .+$/m);
    expect(stdout).toMatch(/^UNIT +ENDED +FAILED +P50 +P95 +P99 +RETRIES +TOKENS +COST$/m);
    expect(stdout).toMatch(/^greeting +2 +0 /m);
    expect(stdout).toMatch(/^fussy +1 +1 \(100\.0 %\) /m);
    expect(stdout).toMatch(/^SLOWEST STEPS +ENDED/m);
    expect(stdout).toMatch(/^greeting\/shout +2 +0 /m);
    expect(code).toBe(0);
  });

  it('gives all of it as a line of JSON', async () => {
    const { stdout } = await metrics('--by', 'tag', '--json');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ began: 4, unfinished: 1, by: 'tag', total: { succeeded: 2, failed: 1 } });
    expect(report.groups.map(({ key }: { key: string }) => key).toSorted()).toEqual(
      ['(none)', 'evening', 'test'].toSorted(),
    );
  });

  it('looks at some', async () => {
    const [tagged, unit, steps, old] = await Promise.all([
      metrics('--tag', 'evening', '--json'),
      metrics('--unit', 'fussy', '--json'),
      metrics('--by', 'step', '--unit', 'greeting'),
      metrics('--until', '1h'),
    ]);
    expect(JSON.parse(tagged.stdout).began).toBe(1);
    expect(JSON.parse(unit.stdout).total).toMatchObject({ failed: 1, failureRate: 1 });
    expect(steps.stdout).toMatch(/^STEP +ENDED/m);
    expect(steps.stdout).not.toContain('SLOWEST');
    expect(old.stderr).toMatch(/^No runs began from \S+ to \S+\.\n$/);
    expect(old.code).toBe(0);
  });

  it('refuses times that are none, or the wrong way round', async () => {
    const [none, bare, turned] = await Promise.all([
      metrics('--since', 'yesterday'),
      metrics('--since', '7'),
      metrics('--since', '1h', '--until', '2h'),
    ]);
    expect(none.stderr).toContain('Give how long ago it was, such as 90m, 24h or 7d, or a date');
    expect(bare.stderr).toContain('Give how long ago it was');
    expect(turned.stderr).toContain('--since has to be before --until');
    expect([none.code, bare.code, turned.code]).toEqual([2, 2, 2]);
  });
});
