import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Guardrail } from '../adapters/guardrail.ts';
import { type AgentOptions, defineAgent } from './agent.ts';
import { defineTask } from './task.ts';
import { defineTool } from './tool.ts';

const base = { id: 'ask', instructions: 'Answer.' };
const look = defineTool({ name: 'look', description: 'Looks.', input: z.object({}), run: () => 'dark' });
const invalid = expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' });

describe('defineAgent', () => {
  it('gives a unit that cannot be changed', () => {
    const agent = defineAgent({ ...base, tags: ['t'], timeout: '1m' });
    expect(agent).toMatchObject({
      kind: 'agent',
      id: 'ask',
      version: '1',
      tags: ['t'],
      policy: { timeout: '1m' },
    });
    expect(Object.isFrozen(agent)).toBe(true);
  });

  it.each<[string, object]>([
    ['no instructions', { instructions: undefined }],
    ['instructions that are a number', { instructions: 7 }],
    ['no turns', { maxTurns: 0 }],
    ['half a turn', { maxTurns: 1.5 }],
    ['an output that is no schema', { output: { type: 'object' } }],
    ['a tool that is none', { tools: [{ name: 'look' }] }],
    ['a task for a tool', { tools: [defineTask({ id: 'look', input: z.string(), run: () => 1 })] }],
    ['nothing for a tool', { tools: [undefined] }],
    ['a guardrail without a check', { guardrails: [{ name: 'g', on: ['input'] }] }],
    [
      'a guardrail without stages',
      { guardrails: [{ name: 'g', check: () => ({ action: 'pass' }) } as unknown as Guardrail] },
    ],
  ])('refuses %s', (_, options) => {
    expect(() => defineAgent({ ...base, ...options } as AgentOptions<unknown>)).toThrow(invalid);
  });

  it('refuses two tools of one name', () => {
    expect(() => defineAgent({ ...base, tools: [look, look] })).toThrow(
      expect.objectContaining({ code: 'AIWORK_DUPLICATE_ID', message: expect.stringContaining('"look"') }),
    );
  });

  it('does not ask a source of tools, or a function of hand-offs, before there is a turn', () => {
    const tools = () => expect.unreachable();
    expect(() => defineAgent({ ...base, tools: { tools }, handoffs: tools })).not.toThrow();
  });
});
