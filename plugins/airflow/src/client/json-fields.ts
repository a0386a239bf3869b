import { AiworkError } from '@aiwork/core';

/** An object of an answer, by the names of its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws `AIWORK_AIRFLOW_UNEXPECTED` when `value` is something else. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value;
  throw unexpected(`${what} is no object`);
}

export function listOf(value: unknown, what: string): readonly Fields[] {
  if (Array.isArray(value)) return value.map((item) => fieldsOf(item, `an entry of ${what}`));
  throw unexpected(`${what} is no list`);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw unexpected(`${what} is no text`);
}

export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  throw unexpected(`${what} is no number`);
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const unexpected = (problem: string): AiworkError =>
  new AiworkError(
    'AIWORK_AIRFLOW_UNEXPECTED',
    `Airflow answered something else than it should: ${problem}. Is the url that of an Airflow 2.10 to 3?`,
  );
