import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import type { Dimension } from '../metrics/dimensions.ts';
import { printReport } from '../metrics/print-report.ts';
import { readJournals } from '../metrics/read-journals.ts';
import { readingProgress } from '../metrics/reading-progress.ts';
import { createRunReporter } from '../metrics/run-report.ts';
import { openRuns } from '../open-orchestrator.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';
import { UsageError } from '../usage-error.ts';

export interface MetricsOptions {
  readonly state?: string;
  readonly file?: string;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly until: number;
  readonly unit?: string;
  readonly tag?: string;
  readonly by: Dimension;
  readonly json?: boolean;
}

/** `aiwork metrics`: how often runs failed and how long they took, out of their journals. */
export async function metrics(options: MetricsOptions): Promise<ExitCode> {
  const { state, file, since, until, unit, tag, by, json } = options;
  if (since >= until) throw new UsageError('--since has to be before --until');
  await using orchestrator = await openRuns({ state, ...(file && { flowFile: await loadFlowFile(file) }) });
  // Plugins are set up by the first call that reads or starts a run.
  await orchestrator.list({ limit: 1 });
  const reporter = createRunReporter(by);
  using progress = readingProgress();
  await readJournals(
    orchestrator.use('runStore'),
    { since, until, unit, tag },
    {
      run(record) {
        reporter.run(record);
        progress.read(record.createdAt);
      },
      sample: reporter.sample,
    },
  );
  const report = reporter.report();
  const [from, to] = [new Date(since).toISOString(), new Date(until).toISOString()];
  if (json) writeOut(`${toJson({ since: from, until: to, ...report })}\n`);
  else if (report.began === 0) process.stderr.write(`No runs began from ${from} to ${to}.\n`);
  else {
    process.stderr.write(`Runs that began from ${from} to ${to}:\n`);
    writeOut(printReport(report, paintFor(process.stdout)));
  }
  return exitCode.ok;
}
