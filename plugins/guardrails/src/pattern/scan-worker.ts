import { parentPort, workerData } from 'node:worker_threads';
import { backtrackingPattern } from './backtracking-pattern.ts';
import type { PatternSpec } from './compiled-pattern.ts';
import { linearPattern } from './linear-pattern.ts';
import { type ScanGoal, scan } from './scan.ts';

/** What the thread is started with. */
export interface ScanWorkerData {
  readonly engine: 'linear' | 'backtracking';
  readonly patterns: readonly PatternSpec[];
}

/** What it is asked. It answers with pattern, start and end of each match, one after the other. */
export interface ScanRequest {
  readonly text: string;
  readonly goal: ScanGoal;
}

const { engine, patterns } = workerData as ScanWorkerData;
const compiled = patterns.map(engine === 'linear' ? linearPattern : backtrackingPattern);

parentPort?.postMessage('ready');
parentPort?.on('message', ({ text, goal }: ScanRequest) => {
  const numbers: number[] = [];
  for (const { pattern, start, end } of scan(compiled, text, goal)) numbers.push(pattern, start, end);
  const answer = Int32Array.from(numbers);
  parentPort?.postMessage(answer, [answer.buffer]);
});
