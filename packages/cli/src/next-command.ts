export interface NextCommandOptions {
  /** The flow file, where it is known. */
  readonly file?: string | undefined;
  readonly state?: string | undefined;
}

/** What the user may type to go on with a run. */
export function resumeCommand(runId: string, { file, state }: NextCommandOptions): string {
  const path = file === undefined ? 'FILE' : shellWord(file);
  return `aiwork runs resume ${shellWord(runId)} ${path}${stateFlag(state)}`;
}

/** What the user may type to answer a step that waits. */
export function signalCommand(runId: string, stepId: string, state: string): string {
  return `aiwork runs signal ${shellWord(runId)} ${shellWord(stepId)} JSON${stateFlag(state)}`;
}

function stateFlag(state: string | undefined): string {
  return state === undefined ? '' : ` --state ${shellWord(state)}`;
}

/** As a shell takes it for one word. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
