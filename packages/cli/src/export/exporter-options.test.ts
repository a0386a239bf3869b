import { describe, expect, it } from 'vitest';
import { exporterOptions } from './exporter-options.ts';

const options = (line: string) => exporterOptions(line.split(' ').filter((word) => word !== ''));

describe('flags for an exporter', () => {
  it.each([
    ['', {}],
    ['--owner data-team', { owner: 'data-team' }],
    ['--owner=data=team', { owner: 'data=team' }],
    ['--max-active-tasks 4', { maxActiveTasks: 4 }],
    ['--offset -4', { offset: -4 }],
    ['--pool "4"', { pool: '4' }],
    ['--pools {"a":"b"}', { pools: { a: 'b' } }],
    ['--runner.kind docker --runner.pull-policy=never', { runner: { kind: 'docker', pullPolicy: 'never' } }],
    ['--env A --env B --env C', { env: ['A', 'B', 'C'] }],
    ['--env ["A"]', { env: ['A'] }],
    ['--paused --no-catchup', { paused: true, catchup: false }],
    ['--text=', { text: '' }],
    ['--constructor.name x', { constructor: { name: 'x' } }],
  ])('%s', (line, expected) => {
    expect(options(line)).toEqual(expected);
  });

  it.each([
    ['docker', '"docker" is not expected'],
    ['-x', '"-x" is not expected'],
    ['--a 1 2', '"2" is not expected'],
    ['--a x --a.b y', '--a.b is given as a whole and in parts'],
    ['--a.b y --a x', '--a is given as a whole and in parts'],
    ['--a..b y', 'is no name of an option'],
    ['--a.__proto__ y', 'is no name of an option'],
  ])('refuses %s', (line, message) => {
    expect(() => options(line)).toThrow(
      expect.objectContaining({ code: 'AIWORK_USAGE', message: expect.stringContaining(message) }),
    );
  });
});
