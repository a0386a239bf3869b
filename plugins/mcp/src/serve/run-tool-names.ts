/** The tools that every server has for the runs that others have started. */
export const runToolNames = {
  show: 'aiwork_run',
  answer: 'aiwork_answer',
  cancel: 'aiwork_cancel',
} as const;
