import { sqlite } from '@aiwork/core/sqlite';
import { runnerOf } from '../subjects/aiwork.ts';
import type { Subject } from '../work.ts';

export interface SqliteSubjectOptions {
  readonly path: string;
  readonly synchronous: 'normal' | 'full';
}

/** Every event in one SQLite file, in this process; a step starts when the results it needs are in the journal. */
export const subject: Subject<SqliteSubjectOptions> = {
  prepare: (work, options) => runnerOf(work, [sqlite(options)]),
};
