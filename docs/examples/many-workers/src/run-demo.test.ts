import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator } from '@aiwork/core';
import { expect, it, onTestFinished } from 'vitest';
import { picture } from './flow.ts';
import { runDemo } from './run-demo.ts';
import { tilesOf } from './tile.ts';

it('draws one picture with three processes, of which one is killed, and shows who drew what', {
  timeout: 300_000,
}, async () => {
  const out = await mkdtemp(join(tmpdir(), 'aiwork-many-workers-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const size = { width: 480, height: 300, tile: 60, samples: 3 };
  let printed = '';
  const { png, lanes } = await runDemo({
    size,
    out,
    print: (text) => {
      printed += text;
    },
    signal: new AbortController().signal,
  });

  await using alone = createOrchestrator();
  expect(png, 'what one process draws').toEqual(await (await alone.start(picture, size)).result());
  const tiles = tilesOf(size).length;
  const drawn = lanes.flatMap(({ pieces }) => pieces.filter(({ isLeft }) => !isLeft)).map(({ tile }) => tile);
  expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: tiles }, (_, i) => i));
  expect(lanes.map(({ worker }) => worker)).toEqual(['worker-1', 'worker-2', 'worker-3']);
  const [, killed] = lanes;
  const leftOf = (pieces: readonly { readonly isLeft: boolean }[]) =>
    pieces.filter(({ isLeft }) => isLeft).length;
  const left = leftOf(killed?.pieces ?? []);
  expect(left).toBeGreaterThan(0);
  for (const { toMs } of killed?.pieces ?? []) expect(toMs).toBeLessThanOrEqual(killed?.killedMs ?? 0);

  expect(printed).toMatch(/kill -9 worker-2: \d+ of 40 tiles were done/);
  expect(printed).toMatch(new RegExp(`worker-2 .*✖.*killed with ${left} in hand`));
  const page = await readFile(join(out, 'workers.html'), 'utf8');
  expect(page.match(/<title>tile \d+:/g)).toHaveLength(tiles);
  // A worker that a busy machine gives no time to renew its leases leaves pieces, too.
  expect(page.match(/>↻</g)).toHaveLength(leftOf(lanes.flatMap(({ pieces }) => pieces)));
  expect(page).toContain('kill -9');
  expect(await readFile(join(out, 'timeline.html'), 'utf8')).toContain('worker-3');
});
