import { resolve } from 'node:path';
import process from 'node:process';
import type { PluginRequest } from './create-plugin.ts';

/** What is said when a plugin was made. */
export function nextSteps({ name, contract, folder }: PluginRequest): string {
  const manager = packageManager();
  const go = folder === '.' ? [] : [`  cd ${/\s/.test(folder) ? `"${folder}"` : folder}`];
  return [
    `Made ${name} in ${resolve(folder)}`,
    '',
    'Next:',
    ...go,
    `  ${manager} install`,
    `  ${manager} run contract   # fails, and says what is to be done`,
    '',
    `Then implement src/${contract}.ts until it passes. README.md has the steps.`,
    '',
  ].join('\n');
}

/** The one that runs this: pnpm, yarn and bun say who they are. */
function packageManager(): string {
  return /^(pnpm|yarn|bun)\//.exec(process.env['npm_config_user_agent'] ?? '')?.[1] ?? 'npm';
}
