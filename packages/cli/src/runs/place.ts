import { UsageError } from '../usage-error.ts';

/** How the user said where runs are kept. */
export interface Place {
  /** A SQLite file. */
  readonly state?: string | undefined;
  /** A flow file, whose plugins may say it. */
  readonly file?: string | undefined;
  /** The URL of a server. */
  readonly server?: string | undefined;
  /** The environment variable that holds a token for it. */
  readonly tokenEnv?: string | undefined;
}

/** What the user may type to go on with a run. */
export function resumeCommand(runId: string, place: Place): string {
  const { file, server } = place;
  const path = server !== undefined ? [] : [file === undefined ? 'FILE' : shellWord(file)];
  return ['aiwork runs resume', shellWord(runId), ...path, ...flagsOf(place)].join(' ');
}

/** What the user may type to answer a step that waits. */
export function signalCommand(runId: string, stepId: string, place: Place): string {
  return ['aiwork runs signal', shellWord(runId), shellWord(stepId), 'JSON', ...flagsOf(place)].join(' ');
}

function flagsOf({ state, server, tokenEnv }: Place): readonly string[] {
  if (server === undefined) return state === undefined ? [] : ['--state', shellWord(state)];
  return ['--server', shellWord(server), ...(tokenEnv === undefined ? [] : ['--token-env', tokenEnv])];
}

/** As a shell takes it for one word. A tilde means something only where a word begins. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./~-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** @throws `AIWORK_USAGE` when no flow file is named. */
export function requireFile({ file }: Place): string {
  if (file !== undefined) return file;
  throw new UsageError('neither a file nor a server is named', {
    hint: 'name the module that exports the flow, or a server with --server URL',
  });
}

/** @throws `AIWORK_USAGE` when a flow file is named beside a server. */
export function refuseFile({ file }: Place, why: string): void {
  if (file !== undefined) throw new UsageError(`${file} is not read with --server: ${why}`);
}
