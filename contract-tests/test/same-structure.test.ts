import { defineFlow } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import type { Inspection, ToolTask } from '../src/contracts/flow-exporter/flow-tool.ts';
import { anything } from '../src/contracts/flow-exporter/flows/anything.ts';
import { sameStructure } from '../src/contracts/flow-exporter/same-structure.ts';
import { expectations } from '../src/engine/violation.ts';

const inner = defineFlow({ id: 'inner', input: anything }, (f) => {
  const x = f.step('x', { run: () => 1 });
  return f.step('y', { needs: { x }, run: () => 2 });
});

/** `a` before `b` before `c`, which calls a flow. */
const flow = defineFlow({ id: 'outer', input: anything }, (f) => {
  const a = f.step('a', { run: () => 1 });
  const b = f.step('b', { needs: { a }, run: () => 2 });
  return f.call('c', inner, b.$);
});

const step = (...path: readonly string[]): ToolTask => ({ id: path.join('.'), step: path });
const control = (id: string): ToolTask => ({ id });

function difference(tasks: readonly ToolTask[], ...edges: readonly string[]): string | undefined {
  const pairs = edges.map((edge) => edge.split(' > ') as [string, string]);
  const inspection: Inspection = { tasks, edges: pairs };
  try {
    sameStructure(expectations, flow, inspection);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const steps = [step('a'), step('b'), step('c')];

describe('the comparison of a flow with what a tool has', () => {
  it('takes the same steps and edges', () => {
    expect(difference(steps, 'a > b', 'b > c')).toBeUndefined();
  });

  it('takes edges that follow from others, and no other', () => {
    expect(difference(steps, 'a > b', 'b > c', 'a > c')).toBeUndefined();
    expect(difference(steps, 'a > b', 'b > c', 'c > a')).toContain("unknown: [ [ 'c', 'a' ] ]");
    expect(difference(steps, 'a > b', 'a > c')).toContain("missing: [ [ 'b', 'c' ] ]");
  });

  it('follows the order over tasks that belong to no step, in a row or as a join', () => {
    const tasks = [...steps, control('branch'), control('join'), control('start')];
    expect(
      difference(tasks, 'start > a', 'a > branch', 'branch > join', 'join > b', 'b > c'),
    ).toBeUndefined();
    expect(difference(tasks, 'a > branch', 'branch > join', 'b > c')).toContain("missing: [ [ 'a', 'b' ] ]");
    expect(difference(tasks, 'a > b', 'b > c', 'c > branch', 'branch > a')).toContain("[ 'c', 'a' ]");
  });

  it('takes several tasks for one step', () => {
    const parts = [...steps, { id: 'b.items', step: ['b'] }];
    expect(difference(parts, 'a > b.items', 'b.items > b', 'b > c')).toBeUndefined();
  });

  it('looks into what a step calls where the tool shows it', () => {
    const group = [step('a'), step('b'), step('c', 'x'), step('c', 'y')];
    expect(difference(group, 'a > b', 'b > c.x', 'c.x > c.y')).toBeUndefined();
    expect(difference(group, 'a > b', 'b > c.x', 'b > c.y')).toMatch(
      /in step "c".*missing: \[ \[ 'x', 'y' \] \]/,
    );
    expect(difference(group.slice(0, 3), 'a > b', 'b > c.x')).toMatch(/in step "c".*missing: \[ 'y' \]/);
  });

  it('says what the tool said when it took nothing', () => {
    const refused = () => sameStructure(expectations, flow, { refusal: 'SyntaxError' });
    expect(refused).toThrow(/the tool to take flow "outer"; seen: 'SyntaxError'/);
  });
});
