import process from 'node:process';
import { type ExitCode, exitCode } from './exit-code.ts';
import { oneLine } from './terminal/one-line.ts';
import { writeOut } from './terminal/standard-output.ts';
import { paintErr } from './terminal/style.ts';
import { withoutControls } from './terminal/without-controls.ts';

interface Shown {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** Codes that say that the command line, not the run, was at fault. */
const usageCodes: ReadonlySet<string> = new Set([
  'AIWORK_USAGE',
  'AIWORK_INVALID_INPUT',
  'AIWORK_RUN_NOT_FOUND',
  'AIWORK_RUN_EXISTS',
  'AIWORK_UNKNOWN_STEP',
  'AIWORK_NOT_WAITING',
  'AIWORK_FLOW_NOT_REGISTERED',
]);

/** Where the message alone does not say what to do. */
const hints: Readonly<Record<string, string>> = {
  AIWORK_UNAUTHENTICATED:
    'put a key or token of the server into AIWORK_TOKEN, or into the variable that --token-env names',
  AIWORK_SLOT_EMPTY:
    'a file that the command reads names plugins by: export const aiwork = { plugins: [ … ] }',
  AIWORK_SERVER_UNAVAILABLE: 'is a server running there, as aiwork serve FILE starts one?',
};

const mostCauses = 5;

export interface ReportOptions {
  /** Stacks too. */
  readonly verbose?: boolean;
  /** Also as one line of JSON on stdout. */
  readonly json?: boolean;
}

/** Says what went wrong, and gives the exit code for it. */
export function reportError(thrown: unknown, options: ReportOptions = {}): ExitCode {
  const error = shownOf(thrown);
  showError(thrown, options);
  if (options.json) {
    const { message, code, hint } = error;
    writeOut(`${JSON.stringify({ type: 'error', code, message, hint })}\n`);
  }
  return error.code !== undefined && usageCodes.has(error.code) ? exitCode.usage : exitCode.failed;
}

/** Writes message, code, causes and hint to stderr; their stacks as well when asked for. */
export function showError(thrown: unknown, options: ReportOptions = {}): void {
  const stacks = options.verbose === true || Boolean(process.env['DEBUG']);
  const error = shownOf(thrown);
  const lines = [
    `${paintErr('red', 'error:')} ${withoutControls(error.message)}${codeOf(error)}`,
    ...stackOf(error, stacks),
  ];
  for (const cause of causesOf(error)) {
    // Errors often quote what caused them; without stacks, once is enough.
    if (!stacks && error.message.includes(cause.message)) continue;
    lines.push(`  ${paintErr('dim', 'caused by:')} ${oneLine(cause.message)}${codeOf(cause)}`);
    lines.push(...stackOf(cause, stacks));
  }
  if (error.hint !== undefined) lines.push(`  ${paintErr('cyan', 'hint:')} ${error.hint}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

function causesOf(error: Shown): Shown[] {
  const causes: Shown[] = [];
  for (let { cause } = error; cause !== undefined && causes.length < mostCauses; ) {
    const shown = shownOf(cause);
    causes.push(shown);
    cause = shown.cause;
  }
  return causes;
}

/** The frames alone: the message stands above them. */
function stackOf({ stack }: Shown, wanted: boolean): string[] {
  if (!wanted || stack === undefined) return [];
  return stack.split('\n').flatMap((line) => (/^\s+at /.test(line) ? [paintErr('dim', line)] : []));
}

function codeOf(error: Shown): string {
  return error.code === undefined ? '' : ` ${paintErr('dim', `(${error.code})`)}`;
}

function shownOf(thrown: unknown): Shown {
  if (typeof thrown !== 'object' || thrown === null) return { message: String(thrown) };
  const { message, code, stack, cause, ...others } = thrown as Partial<Record<keyof Shown, unknown>>;
  const hint = others.hint ?? (typeof code === 'string' ? hints[code] : undefined);
  return {
    message: typeof message === 'string' && message !== '' ? message : String(thrown),
    ...(typeof code === 'string' && { code }),
    ...(typeof hint === 'string' && { hint }),
    ...(typeof stack === 'string' && { stack }),
    ...(cause !== undefined && { cause }),
  };
}
