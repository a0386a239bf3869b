/** Is told in one line what takes long: what is pulled, built or installed. */
export type Progress = (line: string) => void;

/** What a service takes besides its settings. @since 0.1.0 */
export interface ServiceOptions {
  /** Is told in one line what takes long, such as an image that is built. Default: a line on stderr. */
  readonly progress?: Progress;
}

export const toStderr: Progress = (line) => {
  process.stderr.write(`${line}\n`);
};
