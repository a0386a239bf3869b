/** A call of the engine that failed, in the engine's own words. Callers say what it means for the model. */
export class EngineFailure extends Error {
  /** The engine's; 0 where what it gave cannot be used. */
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.name = 'EngineFailure';
    this.status = status;
  }
}

/** What the engine gives a call that was cancelled. */
export const cancelledStatus = -13;

// It puts the file and line of its own sources before what it has to say, once for each layer of it.
const origin = /^(Exception from .*:\d+:|Check '.*' failed at .*:\d+:|FrontEnd API failed with .*:)$/;

/** The engine's message in one line, without the places in its own sources. */
export function tidyMessage(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !origin.test(line));
  return (said.length > 0 ? said : lines.filter((line) => line !== '')).join(' ').slice(0, 2000);
}
