import { type Fields, numberOf, textOf } from './json-fields.ts';

/** A task of a run, as Airflow has it at a moment. */
export interface TaskInstance {
  readonly taskId: string;
  readonly mapIndex?: number;
  /** Absent before it is scheduled. */
  readonly state?: string;
  readonly attempt: number;
}

export function taskInstance(fields: Fields): TaskInstance {
  const mapIndex = numberOf(fields['map_index'] ?? -1, 'map_index of a task');
  const state = fields['state'] ?? undefined;
  return {
    taskId: textOf(fields['task_id'], 'task_id of a task'),
    ...(mapIndex >= 0 && { mapIndex }),
    ...(state !== undefined && { state: textOf(state, 'state of a task') }),
    attempt: numberOf(fields['try_number'] ?? 0, 'try_number of a task'),
  };
}
