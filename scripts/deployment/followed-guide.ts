import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ServiceUnavailable } from '../../contract-tests/src/services/index.ts';
import { command, root, searchPath } from '../command.ts';
import { followGuide } from '../follow-guide.ts';
import type { Verdict } from '../gate.ts';
import type { Tarball } from '../tarballs.ts';
import { freePort } from './free-port.ts';
import { nodeImage } from './node-image.ts';

const guide = 'docs/guides/deployment.md';
const needsEngine = '<!-- From here on a container engine is needed. -->';
const needsImages = '<!-- From here on images are needed that only a registry has. -->';
const ours = ['@aiwork/client', '@aiwork/core', '@aiwork/server', 'aiwork'];

/**
 * Follows the guide to deployment with the packages as they would be published: serves a flow, builds an image of it, runs
 * that with a read-only root, as nobody in particular, and stops it.
 */
export async function followedGuide(tarballs: readonly Tarball[], folder: string): Promise<Verdict> {
  const reader = join(folder, 'deployment');
  const packages = join(reader, 'my-flows/packages');
  await mkdir(packages, { recursive: true });
  const files = tarballs.filter(({ name }) => ours.includes(name)).map(({ file }) => file);
  await Promise.all(files.map((file) => copyFile(file, join(packages, basename(file)))));
  const name = `aiwork-guide-${process.pid}`;
  const port = await freePort();
  const { text, extent, image } = await readGuide();
  const tarballList = files.map((file) => `./packages/${basename(file)}`).join(' ');
  // Packages that no registry has are part of the project, and so of its image.
  const withPackages = "sed -i 's#^COPY package.json .*#&\\nCOPY packages packages#' Dockerfile";
  try {
    const stuck = await followGuide(text, {
      folder: reader,
      translate: (line) =>
        line
          .replace(/^mkdir my-flows$/, 'true')
          // With the npm that this machine came with, as everything else is installed.
          .replace(
            /^npm install @aiwork\S* .* zod$/,
            `PATH='${searchPath('machine')}' npm install --no-audit --no-fund ${tarballList} zod`,
          )
          .replace(
            /^npx aiwork (serve .*) &$/,
            `PORT=${port} node_modules/.bin/aiwork $1 >served 2>&1 & echo $! >served.pid`,
          )
          .replace(/^npx aiwork /, 'node_modules/.bin/aiwork ')
          .replace(/^kill %1$/, 'kill $(cat served.pid)')
          .replace(/^docker build /, `${withPackages} && docker build --build-arg NODE=${image} `)
          .replace('-p 8080:', `-p ${port}:`)
          .replaceAll(/(?<=docker.*) my-flows\b/g, ` ${name}`)
          .replaceAll('localhost:8080', `localhost:${port}`),
    });
    return {
      status: stuck === undefined ? 'passed' : 'failed',
      note: extent,
      ...(stuck !== undefined && { output: `${guide}:${stuck}` }),
    };
  } finally {
    await command('sh', ['-c', 'kill -9 $(cat served.pid)'], { cwd: join(reader, 'my-flows') });
    if (image !== undefined) {
      await command('docker', ['rm', '--force', '--volumes', name]);
      await command('docker', ['volume', 'rm', '--force', name]);
      await command('docker', ['rmi', '--force', name]);
    }
  }
}

/** As far as it can be followed here. */
async function readGuide(): Promise<{
  readonly text: string;
  readonly extent: string;
  readonly image?: string;
}> {
  const whole = await readFile(join(root, guide), 'utf8');
  const [text = ''] = whole.split(needsImages);
  try {
    const dockerfile = await readFile(join(root, 'deploy/Dockerfile'), 'utf8');
    const image = await nodeImage(dockerfile, (line) => console.log(`      ${line}`));
    return { text, image, extent: `the guide up to its image, on ${image}` };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return { text: text.slice(0, text.indexOf(needsEngine)), extent: 'the guide without containers' };
  }
}
