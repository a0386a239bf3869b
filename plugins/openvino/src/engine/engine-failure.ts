/** A call of the engine that failed, in the engine's own words. Callers say what it means for the model. */
export class EngineFailure extends Error {
  /** Whether the message is the engine's; another call that failed at the same time may have taken it. */
  readonly origin: 'said' | 'unsaid';

  constructor(text: string, origin: 'said' | 'unsaid' = 'said') {
    super(text);
    this.name = 'EngineFailure';
    this.origin = origin;
  }
}

// It puts the file and line of its own sources before what it has to say, once for each layer of it.
const origin = /^(Exception from .*:\d+:|Check '.*' failed at .*:\d+:|FrontEnd API failed with .*:)$/;

/** The engine's message in one line, without the places in its own sources. */
export function tidyMessage(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !origin.test(line));
  return (said.length > 0 ? said : lines.filter((line) => line !== '')).join(' ').slice(0, 2000);
}
