import { readFile } from 'node:fs/promises';

/**
 * What the pages are made of that is not ours, and where it is from. The package brings it along: nothing is fetched from
 * another host, and nothing has to be installed.
 */
const sources = {
  'swagger-ui.js': 'swagger-ui-dist/swagger-ui-bundle.js',
  'swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'swagger-ui.LICENSE.txt': 'swagger-ui-dist/LICENSE',
  'swagger-ui.NOTICE.txt': 'swagger-ui-dist/NOTICE',
  'swagger-ui.js.LICENSE.txt': 'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
  'redoc.js': 'redoc/bundles/redoc.standalone.js',
  'redoc.LICENSE.txt': 'redoc/LICENSE',
  'redoc.js.LICENSE.txt': 'redoc/bundles/redoc.standalone.js.LICENSE.txt',
} as const;

export type AssetName = keyof typeof sources;

export const assetNames = Object.keys(sources).filter((name): name is AssetName => name in sources);

/** Where the sources of this package have it from. */
export const assetSource = (name: AssetName) => new URL(import.meta.resolve(sources[name]));

export async function readAsset(name: AssetName): Promise<Buffer> {
  try {
    return await readFile(new URL(`./assets/${name}`, import.meta.url));
  } catch (error) {
    // Run from its sources, the package is not built.
    if (!import.meta.url.endsWith('.ts')) throw error;
    return readFile(assetSource(name));
  }
}
