import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { file } from '../src/files.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever is in the file
type Settings = any;

/** A copy of a folder of settings for a container, which a test may change, and which is removed by `remove`. */
export async function copyOf(folder: string) {
  const path = await mkdtemp(join(tmpdir(), 'aiwork-monitoring-'));
  await cp(file(folder), path, { recursive: true });
  await chmod(path, 0o755);
  return {
    path,
    /** Changes the settings of a file of YAML. */
    async change(name: string, change: (settings: Settings) => void): Promise<void> {
      const settings = parse(await readFile(join(path, name), 'utf8'));
      change(settings);
      await writeFile(join(path, name), stringify(settings));
    },
    write: (name: string, text: string) => writeFile(join(path, name), text),
    remove: () => rm(path, { recursive: true }),
  };
}

/** What this machine is called in a container. */
export const here = (port: number) => `host.docker.internal:${port}`;

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordedRule {
  readonly record: string;
  readonly expr: string;
}

/** What is in `alerts.yml`. */
export async function readRules(): Promise<readonly (AlertRule | RecordedRule)[]> {
  const { groups } = parse(await readFile(file('prometheus/alerts.yml'), 'utf8'));
  return groups.flatMap(({ rules }: { rules: readonly (AlertRule | RecordedRule)[] }) => rules);
}

export const isAlert = (rule: AlertRule | RecordedRule): rule is AlertRule => 'alert' in rule;
