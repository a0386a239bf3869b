import process from 'node:process';
import type { LogLevel, RunEvent } from '@aiwork/core';
import type { ServerOptions } from '@aiwork/server';
import { begunRuns } from '../begun-runs.ts';
import { logLine } from '../progress/log-line.ts';
import { runLines } from '../run-lines.ts';
import { type Fact, factLines } from '../terminal/fact-lines.ts';
import { oneLine } from '../terminal/one-line.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintErr } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';

/** What a server tells whoever runs it. */
export interface ServerLog {
  /** For the server's own lines. */
  readonly logger: NonNullable<ServerOptions['logger']>;
  /** Shows what happens in runs. */
  see(event: RunEvent): void;
  say(level: 'info' | 'warn', message: string): void;
  /** Where the server is, and what there is to know of it. */
  started(where: string, facts: readonly Fact[]): void;
}

/** Levels as pino numbers them, which is how the server writes its lines. */
const levels: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

/** For people: runs, what their steps log, and what is wrong, on stderr. */
export function prettyLog(): ServerLog {
  const showRun = runLines();
  const say = (level: LogLevel, message: string) =>
    process.stderr.write(`${level === 'info' ? '' : `${paintErr(styles[level], `${level}:`)} `}${message}\n`);
  return {
    logger: { level: 'warn', stream: { write: (line: string) => say(...readable(line)) } },
    see(event) {
      if (event.type === 'log') process.stderr.write(`${logLine(event, paintErr)}\n`);
      else showRun(event);
    },
    say,
    started: (where, facts) => say('info', [where, ...factLines(facts, paintErr)].join('\n')),
  };
}

const styles = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' } as const;

/** A line of pino's. */
function readable(line: string): readonly [LogLevel, string] {
  const { level, msg, err } = JSON.parse(line) as { level: number; msg?: string; err?: { message?: string } };
  const message = [msg, err?.message].filter((part) => part !== undefined && part !== '').join(': ');
  return [level >= levels.error ? 'error' : 'warn', oneLine(message)];
}

/** What lines about a run say of it. */
interface Begun {
  readonly unit: string;
  readonly at: number;
  /** Where traces are: that of its work. */
  readonly trace_id: string | undefined;
}

/**
 * For machines: a line of JSON on stdout for each request, each beginning and end of a run, and what steps log. Of runs
 * it has neither inputs nor outputs, nor messages of errors, which often quote them.
 */
export function jsonLog(): ServerLog {
  const write = (level: LogLevel, time: number, msg: string, facts: object = {}) =>
    writeOut(`${toJson({ level: levels[level], time, ...facts, msg })}\n`);
  const begun = begunRuns<Begun>();

  return {
    logger: { level: 'info', stream: { write: writeOut } },
    say: (level, message) => write(level, Date.now(), message),
    started: (where, facts) => write('info', Date.now(), where, { facts: Object.fromEntries(facts) }),
    see(event) {
      const { runId, at } = event;
      switch (event.type) {
        case 'run.started':
        case 'run.resumed': {
          const { type, unitId: unit, trace } = event;
          const trace_id = trace?.traceparent.split('-')[1];
          begun.begin(runId, { unit, at, trace_id });
          return write('info', at, type === 'run.started' ? 'run started' : 'run goes on', {
            runId,
            trace_id,
            unit,
          });
        }
        case 'log': {
          const { stepId: step, level, message, data } = event;
          const { trace_id } = begun.of(runId) ?? {};
          return write(level, at, message, { runId, trace_id, step, ...(data !== undefined && { data }) });
        }
        case 'run.finished': {
          const { unit, at: from = at, trace_id } = begun.end(runId) ?? {};
          const { status, error } = event;
          const { code, stepId: step } = error ?? {};
          const facts = { runId, trace_id, unit, status, durationMs: at - from, code, step };
          return write(status === 'failed' ? 'error' : 'info', at, 'run finished', facts);
        }
      }
    },
  };
}
