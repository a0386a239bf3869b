import { checkContract } from '../engine/check-contract.ts';
import { formatBlocked, formatVerdict } from '../engine/format-report.ts';
import { type ContractReport, verdictInWords } from '../engine/report.ts';
import { type Selection, selectGroups } from '../engine/selection.ts';
import type { CheckOptions } from '../engine/session.ts';
import { shareServices } from '../engine/share-services.ts';
import { describeError } from './describe-error.ts';
import { brokenExitCode, exitCodes, worstExitCode } from './exit-codes.ts';
import { type LoadedRun, titleOf } from './load-runs.ts';
import type { Progress } from './progress.ts';
import { table } from './table.ts';
import { type Output, printLine, type Terminal } from './terminal.ts';

/** A run with the part of its contract that was asked for. */
export interface SelectedRun extends LoadedRun {
  readonly selection: Selection;
}

/** What is to be done with some runs. */
export interface RunsToCheck {
  readonly runs: readonly SelectedRun[];
  readonly options: Pick<CheckOptions, 'seed' | 'concurrency' | 'deadlineMs'>;
  readonly progress: Progress;
  /** Called with each report as it is there. */
  readonly onReport?: (report: ContractReport) => void | Promise<void>;
}

/**
 * Checks one run after the other, with services that stay up between them, prints what was found, and gives the exit
 * code. A run that cannot be opened does not stop the others.
 *
 * @throws the reason of the terminal's signal once that is aborted, when everything is closed.
 */
export async function checkRuns(work: RunsToCheck, terminal: Terminal): Promise<number> {
  const { runs } = work;
  const services = shareServices(runs.map(({ run }) => run));
  const results: RunResult[] = [];
  try {
    for (const [index, run] of services.runs.entries()) {
      const one = runs[index];
      if (one) results.push(await checkOne({ ...one, run }, work, terminal));
    }
  } finally {
    await services.release();
  }
  const all = results.flatMap(({ report }) => report ?? []);
  if (runs.length > 1) printLine(terminal.stdout, summary(all));
  for (const line of formatBlocked(all)) printLine(terminal.stdout, line);
  return worstExitCode(results.map(({ exitCode }) => exitCode));
}

interface RunResult {
  /** Absent where the run could not be checked. */
  readonly report?: ContractReport;
  readonly exitCode: number;
}

async function checkOne(
  { run, file, selection }: SelectedRun,
  { options, progress, onReport, runs }: RunsToCheck,
  { signal, stdout, stderr }: Terminal,
): Promise<RunResult> {
  const total = selectGroups(run.contract, selection).flatMap(({ checks }) => checks).length;
  progress.begin(run.service ? `${titleOf(run)} (${run.service.name})` : titleOf(run), total);
  try {
    const report = await checkContract(run, {
      ...options,
      ...selection,
      file,
      signal,
      onResult: ({ id, outcome, durationMs }) => progress.ended({ what: id, how: outcome, durationMs }),
    });
    progress.end();
    const kept = await keep(report, onReport, stderr);
    printLine(stdout, `${formatVerdict(report)}${runs.length > 1 ? '\n' : ''}`);
    return { report, exitCode: kept ? exitCodes[report.verdict] : brokenExitCode };
  } catch (error) {
    progress.end();
    signal.throwIfAborted();
    printLine(stderr, `${titleOf(run)} could not be checked: ${describeError(error)}`);
    return { exitCode: brokenExitCode };
  }
}

/** Whether the report was taken: what was found is told in any case. */
async function keep(
  report: ContractReport,
  onReport: RunsToCheck['onReport'],
  stderr: Output,
): Promise<boolean> {
  try {
    await onReport?.(report);
    return true;
  } catch (error) {
    const about = `${report.contract.id} on ${report.subject}`;
    const reason = error instanceof Error ? error.message : String(error);
    printLine(stderr, `the report about ${about} could not be written: ${reason}`);
    return false;
  }
}

function summary(reports: readonly ContractReport[]): string {
  const head = ['contract', 'subject', 'verdict', 'passed', 'failed', 'known', 'skipped', 'blocked', 'ms'];
  const rows = reports.map((report) => {
    const { contract, subject, counts, durationMs } = report;
    const { passed, failed, skipped, blocked } = counts;
    const numbers = [passed, failed, counts['known-failure'], skipped, blocked, durationMs];
    return [`${contract.id} ${contract.version}`, subject, verdictInWords(report), ...numbers.map(String)];
  });
  return table([head, ...rows]);
}
