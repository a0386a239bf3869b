// Part of the build of @aiwork/server: puts what its API pages are made of beside them.
import { copyFile, mkdir } from 'node:fs/promises';
import { assetNames, assetSource } from '../packages/server/src/pages/assets.ts';

const folder = new URL('../packages/server/dist/pages/assets/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const name of assetNames) await copyFile(assetSource(name), new URL(name, folder));
