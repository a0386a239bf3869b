// Vitest takes two objects with a field called `constructor` for two types.
import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as core from '../index.ts';
import { drawnFlow } from './arbitrary-graph.fixture.ts';
import { printFlow } from './print-flow.ts';
import { reviewDocs as printedReviewDocs, type ReviewDocsParts } from './printed-review-docs.fixture.ts';
import { reviewDocs } from './review-docs.fixture.ts';

type Factory = (parts: core.FlowParts) => core.AnyFlow;

/** Runs a printed module as the module it is; only its import is pointed at the core under test. */
async function evaluate(printed: string): Promise<Factory> {
  Object.assign(globalThis, { coreUnderTest: core });
  const script = stripTypeScriptTypes(printed).replace(
    /^import \{[^}]*\} from '@aiwork\/core';/,
    'const { defineFlow } = globalThis.coreUnderTest;',
  );
  const exported = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(script)}`);
  const names = Object.keys(exported);
  expect(names).toHaveLength(1);
  return exported[names[0] as string];
}

/** The printed module of a flow with one step, whose id and constant are `text`. */
function printedWith(text: string): string {
  const anything = core.defineTask({ id: 'anything', input: z.unknown(), run: () => 1 });
  const flow = core.defineFlow({ id: 'flow', input: z.string() }, (f) => {
    f.step(text, { run: () => 1 });
    return f.call('call', anything, { given: text, last: f.input.$ });
  });
  return printFlow(flow.toGraph());
}

describe('printFlow', () => {
  it('prints code that gives the same graph and hash again, whatever the graph holds', async () => {
    await fc.assert(
      fc.asyncProperty(drawnFlow, async ({ graph: drawn, parts: drawnParts }) => {
        const flow = core.fromGraph(drawn, drawnParts);
        const fromDrawn = await evaluate(printFlow(drawn));
        deepStrictEqual(fromDrawn(drawnParts).toGraph(), flow.toGraph());

        const printed = printFlow(flow.toGraph());
        const again = (await evaluate(printed))(flow.parts());
        deepStrictEqual(again.toGraph(), flow.toGraph());
        deepStrictEqual(again.parts(), flow.parts());
        expect(printFlow(again.toGraph())).toBe(printed);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  it('prints a flow the way it would be written and formatted by hand', () => {
    // The formatter and the compiler check that file as they check every other.
    const file = readFileSync(new URL('printed-review-docs.fixture.ts', import.meta.url), 'utf8');
    const [ignore, ...lines] = file.split('\n');
    expect(ignore).toMatch(/^\/\/ biome-ignore-all /);
    expect(printFlow(reviewDocs.toGraph())).toBe(lines.join('\n'));
  });

  it('prints a module that imports and type-checks as it is', () => {
    const again = printedReviewDocs(reviewDocs.parts() as unknown as ReviewDocsParts);
    expect(again.toGraph()).toStrictEqual(reviewDocs.toGraph());
  });

  it('keeps to the given line width', () => {
    const printed = printFlow(reviewDocs.toGraph(), { lineWidth: 60 });
    const definition = printed.slice(printed.indexOf('export const'));
    expect(Math.max(...definition.split('\n').map((line) => line.length))).toBeLessThanOrEqual(62);
  });

  it('escapes characters that hide or turn what the code says', () => {
    const printed = printedWith('pay\u202Eyap\u200b');
    expect(printed).toContain("f.step('pay\\u202eyap\\u200b'");
    expect(printed).not.toMatch(/[\u202e\u200b]/);
  });

  it('prints a field called __proto__ as a field', () => {
    const anything = core.defineTask({ id: 'anything', input: z.unknown(), run: () => 1 });
    const flow = core.defineFlow({ id: 'flow', input: z.string() }, (f) =>
      f.call('call', anything, JSON.parse('{ "__proto__": { "admin": true } }')),
    );
    expect(printFlow(flow.toGraph())).toContain("{ ['__proto__']: { admin: true } }");
  });

  it('gives steps whose ids make one name each a name of their own', () => {
    const flow = core.defineFlow({ id: 'f', input: z.string() }, (f) => {
      const needs = Object.fromEntries(
        ['a-b', 'aB', 'a b', 'delete', '1', '✨'].map((id) => [id, f.step(id, { run: () => 1 })]),
      );
      return f.step('last', { needs, run: () => 1 });
    });
    const printed = printFlow(flow.toGraph());
    const names = [...printed.matchAll(/const (\S+) = f\./g)].map(([, name]) => name);
    expect(names).toEqual(['aB', 'aB2', 'aB3', 'deleteStep', 'step1', 'step']);
  });

  it('refuses what is not the graph of a flow', () => {
    const graph = { ...reviewDocs.toGraph(), output: 'gone' };
    expect(() => printFlow(graph)).toThrow(/its output is step "gone"/);
  });
});
