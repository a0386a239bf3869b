import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a figure depends on besides the code. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
  /** ISO 8601, when the run began. */
  readonly date: string;
  /** Processes that were ready to run just before, mean of one minute; 0 on Windows, which has no such figure. */
  readonly loadBefore: number;
}

export function machineFacts(): MachineFacts {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    node: process.version,
    date: new Date().toISOString(),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
