import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask } from './task.ts';
import { unitsById } from './units-by-id.ts';

const task = (id: string) => defineTask({ id, input: z.unknown(), run: () => 1 });

it('finds units by id, each once', () => {
  const one = task('one');
  expect([...unitsById([one, task('two'), one]).keys()]).toEqual(['one', 'two']);
});

it('refuses two that share one, and none at all', () => {
  expect(() => unitsById([task('one'), task('one')])).toThrow(
    'units holds a task and a task called "one", and they are known by their ids alone',
  );
  expect(() => unitsById([])).toThrow('units is empty');
});
