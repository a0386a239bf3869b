import { resolve } from 'node:path';
import { type ContractId, contracts } from './contracts.ts';
import { pluginManifest, readOwnManifest } from './manifest.ts';
import { templateFiles } from './template-files.ts';
import { writeProject } from './write-project.ts';

/** What is made, and where. */
export interface PluginRequest {
  /** Name of the package, one that npm takes. */
  readonly name: string;
  readonly contract: ContractId;
  readonly folder: string;
}

/**
 * Makes a plugin package whose contract fails until its adapter is implemented.
 *
 * @throws UsageError, having written nothing, when the folder is not empty.
 */
export async function createPlugin({ name, contract, folder }: PluginRequest): Promise<void> {
  const manifest = pluginManifest(name, contracts[contract].about, await readOwnManifest());
  const files = await templateFiles(name, contract);
  await writeProject(
    resolve(folder),
    new Map([['package.json', `${JSON.stringify(manifest, undefined, 2)}\n`], ...files]),
  );
}
