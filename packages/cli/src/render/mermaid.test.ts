import { defineFlow, defineTask } from '@aiwork/core';
import { Window } from 'happy-dom';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toMermaid } from './mermaid.ts';
import { reviewFlow } from './review-flow.fixture.ts';

let parse: (text: string) => Promise<unknown>;

beforeAll(async () => {
  // Mermaid cleans labels with DOMPurify, which needs a window.
  const window = new Window();
  Object.assign(globalThis, { window, document: window.document });
  const { default: mermaid } = await import('mermaid');
  parse = (text) => mermaid.parse(text);
  return () => window.close();
}, 60_000);

const flowWith = (ids: readonly string[]) =>
  defineFlow({ id: 'flow', input: z.string() }, (f) => {
    const needs = Object.fromEntries(ids.map((id) => [id, f.step(id, { run: () => 1 })]));
    return f.step('last', { needs, run: () => 1 });
  });

const hostileIds = [
  'end',
  'graph',
  'default',
  '1. list',
  '- item',
  '`code`',
  '**bold**',
  '"quoted"',
  '#quot;',
  '#35;',
  'a-->b',
  'a;b',
  '%%{init}%%',
  '<img src=x onerror=alert(1)>',
  '&lt;b&gt;',
  '{{x}}',
  '(x)',
  'a|b',
  '\\',
  '__proto__',
  'emoji 👩‍👩‍👧',
  '要約する',
  '\u202Eturned',
  'x'.repeat(250),
];

describe('toMermaid', () => {
  it('gives each kind of step a shape of its own, and dashes what may be skipped', () => {
    expect(toMermaid(reviewFlow.toGraph())).toMatchInlineSnapshot(`
      "flowchart TD
        input(["input"])
        n0[["doc<br/><small>task fetch-doc</small>"]]
        n1[/"summaries<br/><small>each: agent summarise</small>"/]
        n2["quick title<br/><small>step</small>"]
        n3["careful title<br/><small>step</small>"]
        n4{"title<br/><small>race</small>"}
        n5{{"polish<br/><small>loop: task polish</small>"}}
        n6("cool-down<br/><small>sleep 5m</small>")
        n7>"approve<br/><small>wait, at most 2d</small>"]
        n8(["outcome<br/><small>settle</small>"])
        n9["publish<br/><small>step</small>"]
        output(["output"])
        input --> n0
        n0 --> n1
        n0 --> n2
        n0 --> n3
        n2 -->|"quick"| n4
        n3 -->|"careful"| n4
        n0 --> n5
        n5 -->|"best"| n6
        n5 -->|"draft"| n7
        n4 --> n7
        n1 --> n8
        n6 -->|"rest"| n8
        n7 -.->|"approval"| n9
        n8 -.-> n9
        n4 -.-> n9
        n9 --> output
        classDef conditional stroke-dasharray: 5 4
        class n9 conditional
      "
    `);
  });

  it('is a flowchart to Mermaid', async () => {
    await expect(parse(toMermaid(reviewFlow.toGraph()))).resolves.toMatchObject({
      diagramType: 'flowchart-v2',
    });
  });

  it.each(hostileIds)('is a flowchart to Mermaid with a step called %j', async (id) => {
    await expect(parse(toMermaid(flowWith([id]).toGraph()))).resolves.toMatchObject({
      diagramType: 'flowchart-v2',
    });
  });

  it('lets no id out of its label', () => {
    const labels = toMermaid(flowWith(hostileIds).toGraph()).replaceAll(/"[^"\n]*"/g, '');
    expect(labels).toMatch(/^[\w\s[\](){}/>.|-]*$/);
  });

  it('starts steps without needs at the input, and others at what they need alone', () => {
    const shout = defineTask({ id: 'shout', input: z.string(), run: (text) => text });
    const flow = defineFlow({ id: 'flow', input: z.string() }, (f) => {
      const first = f.call('first', shout, f.input.$);
      return f.step('second', { needs: { first, text: f.input }, run: () => 1 });
    });
    const edges = toMermaid(flow.toGraph()).match(/^ .* --> .*$/gm);
    expect(edges).toEqual(['  input --> n0', '  n0 --> n1', '  n1 --> output']);
  });
});
