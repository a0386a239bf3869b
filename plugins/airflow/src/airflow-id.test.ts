import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addedTasks, airflowId, maxIdLength, shortened } from './airflow-id.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((id) => id.isWellFormed()),
  // What looks like what it is turned into.
  fc
    .array(fc.constantFrom('_', '_u', 'u', '41', 'f', '_u41_', '_u20_', ' ', 'x', '.', '-', 'é', '😀'))
    .map((a) => a.join('')),
  fc.constantFrom(...Object.values(addedTasks)),
);

/** The id that `airflowId` was given. */
const decoded = (id: string) =>
  id.replace(/_u([0-9a-f]+)_/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));

describe('airflowId', () => {
  it('leaves what Airflow takes as it is', () => {
    for (const id of ['fetch', 'fetch-2', 'load_users', 'get_udacity', '_u', 'A_ux'])
      expect(airflowId(id)).toBe(id);
  });

  it('writes any other character by its code point', () => {
    expect(airflowId('a b')).toBe('a_u20_b');
    expect(airflowId('prüfen')).toBe('pr_ufc_fen');
    expect(airflowId('v1.2')).toBe('v1_u2e_2');
    expect(airflowId('😀')).toBe('_u1f600_');
  });

  it('gives an id that Airflow takes, and that can be turned back', () => {
    fc.assert(
      fc.property(hostile, (id) => {
        expect(airflowId(id)).toMatch(/^[A-Za-z0-9_-]*$/);
        expect(decoded(airflowId(id))).toBe(id);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the names of tasks that the exporter adds for these', () => {
    for (const id of Object.values(addedTasks)) expect(airflowId(id)).not.toBe(id);
  });
});

describe('shortened', () => {
  it('cuts what log folders could not be named after, and keeps long ids apart', () => {
    const [a, b] = [`${'x'.repeat(240)}a`, `${'x'.repeat(240)}b`].map((id) => shortened(id));
    expect(a).toHaveLength(maxIdLength);
    expect(a).not.toBe(b);
  });
});
