/** What the process ends with. The help pages and the README list these. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  /** Of `task run`: another attempt would not help. */
  failedForGood: 3,
  waiting: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export const exitCodeHelp = `
Exit codes:
  0    the run succeeded, or the command did what it was asked
  1    the run failed, or an error came up
  2    the command line was wrong: flag, file, flow, step, run id or input
  3    the run was cancelled (Ctrl-C, SIGTERM, aiwork runs cancel)
  4    the run waits for a signal (only with --no-wait)
  130  quit at once by a second Ctrl-C (143: by a second SIGTERM)
`;
