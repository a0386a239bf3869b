import type { FlowGraph, Schedule } from '@aiwork/core';
import { type Code, call, keyword } from '../python/layout.ts';
import { quote } from '../python/literal.ts';
import type { Losses } from './losses.ts';

/** The one schedule that a DAG can have. */
export interface PlannedSchedule {
  readonly timetable: Code;
  readonly input?: unknown;
}

export function planSchedule({ schedules = [] }: FlowGraph, losses: Losses): PlannedSchedule | undefined {
  const [schedule] = schedules;
  if (!schedule) return undefined;
  if (schedules.length > 1) {
    losses.note({
      what: `${schedules.length} schedules`,
      reason: 'A DAG has one timetable with one time zone and one set of parameters',
      advice: 'call the flow from one flow for each schedule, and export those',
      instead: `only the first is kept, ${schedule.cron}`,
    });
  }
  if (schedule.overlap === 'cancel-previous') {
    losses.note({
      what: "overlap 'cancel-previous'",
      reason: 'Airflow starts no run that cancels another',
      advice: "use 'skip' or 'queue'",
      instead: 'a run waits for the one before it',
    });
  }
  losses.remark(
    'Airflow starts a run late rather than not at all: after it was down, or while the last run was still going, it ' +
      'makes up for the latest time that was missed.',
  );
  return {
    timetable: call('CronTriggerTimetable', [
      quote(fiveFields(schedule, losses)),
      keyword('timezone', quote(schedule.timezone ?? 'UTC')),
    ]),
    ...(schedule.input !== undefined && { input: schedule.input }),
  };
}

function fiveFields({ cron }: Schedule, losses: Losses): string {
  const fields = cron.trim().split(/\s+/);
  const [seconds, ...others] = fields.length === 6 ? fields : ['0', ...fields];
  if (seconds !== '0') {
    losses.note({
      what: `the seconds of the schedule "${cron}"`,
      reason: 'Airflow starts runs at whole minutes',
      advice: 'leave them out',
      instead: 'they are left out',
    });
  }
  if (
    !others.every(
      (field) => /^[0-9A-Za-z*,/-]+$/.test(field) && !/[LW]/.test(field.replace(/[A-Za-z]{3}/g, '')),
    )
  ) {
    losses.note({
      what: `the schedule "${cron}"`,
      reason: 'Airflow reads only numbers, names, *, ",", "-" and "/"',
      advice: 'write it with those',
    });
  }
  return others.join(' ');
}
