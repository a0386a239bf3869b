import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { containerEngine } from '../src/services/containers/container-engine.ts';
import { removeStages } from '../src/services/containers/remove-stages.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

const dockerfile = `FROM scratch AS made
LABEL dev.aiwork.stage=true
COPY content /content
FROM scratch
COPY --from=made /content /content
`;

/** Builds an image of its own in two stages, and gives what was said. */
async function build(): Promise<string> {
  const { client } = await containerEngine(() => {});
  const { dockerode } = client.container;
  const context = await mkdtemp(join(tmpdir(), 'aiwork-stages-'));
  onTestFinished(() => rm(context, { recursive: true, force: true }));
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  await writeFile(join(context, 'content'), randomUUID());
  const tag = `aiwork-test-stages:${randomUUID()}`;
  const stream = await dockerode.buildImage({ context, src: ['Dockerfile', 'content'] }, { t: tag });
  onTestFinished(() => dockerode.getImage(tag).remove());
  const steps = await new Promise<readonly { readonly stream?: string }[]>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error: Error | null, all: readonly object[]) =>
      error ? reject(error) : resolve(all),
    );
  });
  return steps.map(({ stream = '' }) => stream).join('');
}

/** What stands before the second stage begins. */
const stageIn = (said: string) => /---> ([0-9a-f]{12,})\s+Step 4\//.exec(said)?.[1] ?? '';

describeWithEngine('the stages of a build', () => {
  it('are removed after it, and those of another build that may be about to copy from its own are not', async () => {
    const { client } = await containerEngine(() => {});
    const { dockerode } = client.container;
    const isThere = (id: string) =>
      dockerode
        .getImage(id)
        .inspect()
        .then(
          () => true,
          () => false,
        );
    const [own, other] = [await build(), await build()];
    expect(await Promise.all([own, other].map((said) => isThere(stageIn(said))))).toEqual([true, true]);
    await removeStages(dockerode, own);
    expect(await Promise.all([own, other].map((said) => isThere(stageIn(said))))).toEqual([false, true]);
    await removeStages(dockerode, other);
    expect(await isThere(stageIn(other))).toBe(false);
  });
});
