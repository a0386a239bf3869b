import { createOrchestrator, defineFlow, defineTask, type RunEvent, type RunRecord } from '@aiwork/core';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { timelineHtml } from './timeline.ts';

const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028"'`;

const item = defineTask({ id: 'item', input: z.string(), run: (text) => text.toUpperCase() });
const flow = defineFlow(
  { id: `flow ${hostile.replace('\u2028', '')}`, input: z.object({ xs: z.array(z.string()) }) },
  (f) => {
    const mapped = f.map('mapped', item, { over: f.input.$.xs });
    const flaky = f.step('flaky', {
      retry: { maxAttempts: 2, minDelay: 1 },
      run: (_, { attempt, log }) => {
        log.info(hostile);
        if (attempt === 1) throw new Error(hostile);
        return { hostile, when: new Date(0) };
      },
    });
    return f.step('end', {
      needs: { mapped, flaky },
      run: () => {
        throw new Error('the end');
      },
    });
  },
);

async function runOf(): Promise<{ readonly record: RunRecord; readonly events: readonly RunEvent[] }> {
  await using ai = createOrchestrator({ name: 'desk' });
  const run = await ai.start(flow, { xs: ['a', 'b'] }, { tags: ['<tag>'] });
  await run.result().catch(() => {});
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  const record = await ai.get(run.id);
  if (!record) throw new Error('no record');
  return { record, events };
}

const page = async () => timelineHtml({ ...(await runOf()), graph: flow.toGraph() });

/** The page as a browser has it after its script ran. */
async function open(html: string) {
  const window = new Window({
    settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
  });
  window.document.write(html);
  await window.happyDOM.waitUntilComplete();
  return window.document;
}

describe('the timeline page', () => {
  it('asks for nothing from anywhere, and lets nothing but its own script run', async () => {
    const html = await page();
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'/);
    const ownParts = html.replace(/<script type="application\/json"[\s\S]*?<\/script>/, '');
    expect(ownParts).not.toMatch(/https?:|<[^>]*\b(?:src|href)=|url\(/);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('\u2028');
  });

  it('draws a row for each step, and shows the failed one first', async () => {
    const document = await open(await page());
    const names = [...document.querySelectorAll('.row b')].map((name) => name.textContent);
    expect(names).toEqual(['mapped', '[0]', '[1]', 'flaky · attempt 2', 'end']);
    expect(document.querySelector('.detail h2')?.textContent).toBe('end');
    expect(document.querySelector('.detail pre')?.textContent).toContain('Error: the end');
    expect(document.querySelector('.failure')?.textContent).toBe('step "end" failed: the end');
  });

  it('names who worked on the run, and which worker of a queue on each of its parts', async () => {
    const { record, events } = await runOf();
    const usage = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
    const stints = [{ owner: 'render-1/ab', from: 0, to: 0 }];
    const used = events.flatMap((event): RunEvent[] =>
      event.type === 'step.succeeded' && event.stepId === 'mapped[1]'
        ? [{ ...event, ...usage, type: 'child.used', stints }, event]
        : [event],
    );
    const document = await open(timelineHtml({ record, events: used }));
    expect(document.querySelector('.about')?.textContent).toContain('worked on by desk/');
    const workers = [...document.querySelectorAll('.row')].map((row) => [
      row.querySelector('b')?.textContent,
      row.querySelector('.worker')?.textContent,
    ]);
    expect(workers).toContainEqual(['[1]', 'render-1']);
    expect(workers).toContainEqual(['[0]', undefined]);
  });

  it('shows inputs, outputs and the journal of the row that is chosen', async () => {
    const document = await open(await page());
    const row = [...document.querySelectorAll('.row')].find((candidate) =>
      candidate.textContent?.includes('[1]'),
    );
    (row as unknown as { click(): void } | undefined)?.click();
    const blocks = [...document.querySelectorAll('.detail pre')].map((block) => block.textContent);
    expect(blocks).toEqual(['b', 'B']);
  });

  it('is readable when the run has not begun', () => {
    const record = {
      id: 'r',
      unitId: 'u',
      version: '1',
      graphHash: '',
      status: 'queued',
      tags: [],
      createdAt: 0,
      updatedAt: 0,
    } as const;
    expect(timelineHtml({ record, events: [] })).toContain('This run has no steps yet');
  });
});
