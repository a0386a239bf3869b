import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { command, root } from '../command.ts';
import { followGuide } from '../follow-guide.ts';
import { guideSteps } from '../guide-steps.ts';
import { freePort } from './free-port.ts';

const read = (file: string) => readFile(join(root, file), 'utf8');

it('says what is seen when serving goes wrong', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-trouble-'));
  onTestFinished(async () => {
    await command('sh', ['-c', 'kill -9 $(cat served.pid)'], { cwd: folder });
    await rm(folder, { recursive: true, force: true });
  });
  const flow = guideSteps(await read('docs/guides/deployment.md')).find(({ kind }) => kind === 'file');
  if (flow?.kind !== 'file') throw new Error('the guide to deployment gives no flow');
  await writeFile(join(folder, flow.path), flow.text);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(root, 'packages/cli/node_modules'), join(folder, 'node_modules'));

  const port = String(await freePort());
  const aiwork = `'${process.execPath}' --conditions=@aiwork/source '${join(root, 'packages/cli/src/main.ts')}'`;
  const guide = await read('docs/operations/troubleshooting.md');
  const stuck = await followGuide(guide.replaceAll('8080', port), {
    folder,
    translate: (line) =>
      line
        .replace(
          /^npx aiwork (serve .*) &$/,
          `PORT=${port} exec ${aiwork} $1 >served 2>&1 & echo $! >served.pid`,
        )
        .replace(/^npx aiwork /, `PORT=${port} ${aiwork} `)
        .replace(/^kill %1$/, 'kill $(cat served.pid)'),
  });
  expect(stuck).toBeUndefined();
});
