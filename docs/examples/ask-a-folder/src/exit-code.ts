/** What the process ends with. The README lists these. */
export const exitCode = {
  answered: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  noAnswer: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
