import { AiworkError } from '../errors.ts';
import type { Schedule } from '../flow-graph.ts';
import type { AnyFlow } from '../units/flow.ts';
import type { Clock } from './clock.ts';

/** What starting scheduled runs needs of the orchestrator. */
export interface ScheduleHost {
  readonly clock: Clock;
  /** Starts the flow under this id, unless a run of that id exists. */
  start(flow: AnyFlow, input: unknown, runId: string): Promise<void>;
  /** The newest run this schedule started: its id, and whether it is still going. */
  latest(flow: AnyFlow): Promise<{ readonly runId: string; readonly unfinished: boolean } | undefined>;
  /** Resolves when the run is over. */
  over(runId: string): Promise<void>;
  cancel(runId: string, reason: string): Promise<void>;
  /** Something went wrong while nobody was waiting for it. */
  report(error: unknown): void;
}

/** Ids tell the time, so that of several workers one starts the run, and it is known what was missed. */
const scheduledRunId = (flow: AnyFlow, time: Date): string => `${flow.id}@${time.toISOString()}`;

/**
 * Starts a flow at the times of one of its schedules until the returned function is called.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the cron expression is malformed.
 */
export async function runOnSchedule(
  flow: AnyFlow,
  schedule: Schedule,
  host: ScheduleHost,
): Promise<() => void> {
  // Loaded only by those who have schedules.
  const { Cron } = await import('croner');
  const times = (() => {
    try {
      return new Cron(schedule.cron, { timezone: schedule.timezone ?? 'UTC', paused: true });
    } catch (cause) {
      throw new AiworkError(
        'AIWORK_INVALID_ARGUMENT',
        `the cron expression "${schedule.cron}" of flow "${flow.id}" is malformed: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      );
    }
  })();
  let stopped = false;
  let stopTimer = () => {};

  async function fire(time: Date): Promise<void> {
    const runId = scheduledRunId(flow, time);
    const last = await host.latest(flow);
    if (last?.unfinished && last.runId !== runId) {
      if (schedule.overlap === 'queue') await host.over(last.runId);
      else if (schedule.overlap === 'cancel-previous') {
        await host.cancel(last.runId, `the next scheduled run (${runId}) is due`);
      } else return;
    }
    if (!stopped) await host.start(flow, schedule.input, runId);
  }

  /** The schedule's own idea of "before" leaves out the moment itself. */
  function latestUpTo(now: number): Date | undefined {
    return times.previousRuns(2, new Date(now + 1000)).find((time) => time.getTime() <= now);
  }

  function arm(): void {
    const now = host.clock.now();
    const next = times.nextRun(new Date(now));
    if (!next || stopped) return;
    stopTimer = host.clock.setTimer(next.getTime() - now, () => {
      fire(next).catch(host.report);
      arm();
    });
  }

  if (schedule.catchUp) {
    const last = await host.latest(flow);
    const missed = latestUpTo(host.clock.now());
    const lastTime = last && Date.parse(last.runId.slice(flow.id.length + 1));
    if (missed && lastTime !== undefined && lastTime < missed.getTime()) fire(missed).catch(host.report);
  }
  arm();
  return () => {
    stopped = true;
    stopTimer();
  };
}
