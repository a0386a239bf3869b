import { parentPort, workerData } from 'node:worker_threads';
import { backtrackingPattern } from './backtracking-pattern.ts';
import type { PatternSpec } from './compiled-pattern.ts';
import { linearPattern } from './linear-pattern.ts';
import { type ScanRequest, scan } from './scan.ts';

/** What the thread is started with. */
export interface ScanWorkerData {
  readonly engine: 'linear' | 'backtracking';
  readonly patterns: readonly PatternSpec[];
}

const { engine, patterns } = workerData as ScanWorkerData;
const compiled = patterns.map(engine === 'linear' ? linearPattern : backtrackingPattern);

parentPort?.postMessage('ready');
// It answers with pattern, start and end of each match, one after the other.
parentPort?.on('message', (request: ScanRequest) => {
  const numbers: number[] = [];
  for (const { pattern, start, end } of scan(compiled, request)) numbers.push(pattern, start, end);
  const answer = Int32Array.from(numbers);
  parentPort?.postMessage(answer, [answer.buffer]);
});
