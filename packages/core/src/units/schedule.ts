import { AiworkError } from '../errors.ts';
import type { Schedule } from '../flow-graph.ts';

const overlaps = ['skip', 'queue', 'cancel-previous'];

/** Refuses what is certainly no schedule; the cron expression's own grammar is checked when a worker starts it. */
export function checkSchedules(
  schedule: Schedule | readonly Schedule[] | undefined,
  what: string,
): readonly Schedule[] | undefined {
  if (schedule === undefined) return undefined;
  const schedules = Array.isArray(schedule) ? (schedule as readonly Schedule[]) : [schedule as Schedule];
  for (const { cron, timezone, overlap } of schedules) {
    const fields = typeof cron === 'string' ? cron.trim().split(/\s+/).length : 0;
    if (fields !== 5 && fields !== 6) {
      refuse(
        what,
        `cron is ${JSON.stringify(cron)}`,
        "five fields, as in '0 6 * * *', or six with seconds first",
      );
    }
    if (overlap !== undefined && !overlaps.includes(overlap)) {
      refuse(what, `overlap is ${JSON.stringify(overlap)}`, overlaps.map((name) => `'${name}'`).join(', '));
    }
    if (timezone !== undefined && !isTimeZone(timezone)) {
      refuse(what, `timezone is ${JSON.stringify(timezone)}`, "an IANA name, as in 'Europe/Zurich'");
    }
  }
  return schedules;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function refuse(what: string, problem: string, wanted: string): never {
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', `schedule of ${what}: ${problem}: give ${wanted}`);
}
