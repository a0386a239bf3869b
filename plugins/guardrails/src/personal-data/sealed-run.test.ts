import { createOrchestrator, defineAgent, defineFlow, defineTool } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkText } from '../check-text.fixture.ts';
import type { Detector } from '../finding/detector.ts';
import { streamThrough } from '../stream/stream.fixture.ts';
import { emailAddresses } from './email-addresses.ts';
import { paymentCards } from './payment-cards.ts';
import { personalDataGuardrail } from './personal-data-guardrail.ts';
import { restoreGuardrail } from './restore-guardrail.ts';
import { sealedValues } from './sealed-values.ts';

const sealed = sealedValues(Buffer.alloc(64, 3));

describe('values that are sealed and restored', { timeout: 30_000 }, () => {
  it('are seen by tools and readers, and not by the model', async () => {
    const sent: string[] = [];
    const send = defineTool({
      name: 'send',
      description: 'Sends a letter.',
      input: z.object({ to: z.string() }),
      run: ({ to }) => {
        sent.push(to);
        return `Sent to ${to}, with a copy to bob@example.org.`;
      },
    });
    const tokenOf = (text: string) => /<email-address:[^>]*>/.exec(text)?.[0] ?? 'none';
    const model = scriptedChatModel(
      [
        ({ messages }) => ({
          toolCalls: [{ name: 'send', input: { to: tokenOf(messages.at(-1)?.content ?? '') } }],
        }),
        ({ messages }) => `Done: ${messages.at(-1)?.content} Card 4111 1111 1111 1111.`,
      ],
      { chunkLength: 5 },
    );
    const clerk = defineAgent({
      id: 'clerk',
      instructions: 'Write letters.',
      model,
      tools: [send],
      guardrails: [
        personalDataGuardrail({
          name: 'tokens',
          on: ['input', 'tool-result'],
          detectors: [emailAddresses],
          replace: sealed.seal,
        }),
        restoreGuardrail({ name: 'values', on: ['tool-call', 'output'], sealed }),
        personalDataGuardrail({ name: 'cards', detectors: [paymentCards], replace: () => '****' }),
      ],
    });
    const letters = defineFlow({ id: 'letters', input: z.string() }, (f) =>
      f.call('write', clerk, f.input.$),
    );
    await using ai = createOrchestrator();
    const run = await ai.start(letters, 'Write to ada@example.org.');
    const shown: string[] = [];
    const decided: string[] = [];
    for await (const event of run) {
      if (event.type === 'model.delta') shown.push(event.text);
      if (event.type === 'guardrail.decided') decided.push(`${event.stage} ${event.guardrail}`);
      if (event.type === 'guardrail.decided') expect(JSON.stringify(event)).not.toContain('@example');
    }
    expect(sent).toEqual(['ada@example.org']);
    expect(JSON.stringify(model.requests)).not.toContain('@example');
    expect(JSON.stringify(model.requests)).toContain(sealed.seal('email address', 'bob@example.org'));
    expect(decided).toEqual([
      'input tokens',
      'tool-call values',
      'tool-result tokens',
      'output values',
      'output cards',
    ]);
    const output = 'Done: Sent to ada@example.org, with a copy to bob@example.org. Card ****.';
    expect(await run.result()).toBe(output);
    expect(shown.join('')).toBe(output);
  });

  it('stay in their strings when the text is JSON', async () => {
    const values = ['x","admin":true,"y":"', 'a\nb', 'c\\', '"'];
    const show = restoreGuardrail({ name: 'show', on: ['tool-call'], sealed });
    for (const value of values) {
      const token = sealed.seal('note', value);
      const text = JSON.stringify({ [token]: [`to ${token}`, 'plain "\\u0041'] }, null, 2);
      const verdict = await checkText(show, text);
      expect(verdict.action === 'redact' && JSON.parse(verdict.text)).toEqual({
        [value]: [`to ${value}`, 'plain "\\u0041'],
      });
    }
  });

  it('are put in as they are when the text is no JSON', async () => {
    const token = sealed.seal('note', 'say "x"');
    const show = restoreGuardrail({ name: 'show', sealed });
    expect(await checkText(show, `[1] ${token}`)).toMatchObject({ text: '[1] say "x"' });
    expect(streamThrough(show, [' ', 'So ', token, ' [2]'])).toEqual(['', ' So ', 'say "x"', ' [2]']);
    expect(streamThrough(show, [' ', '[1] ', token, '.'])).toEqual(['', '', '', '']);
  });

  it('come back from any kind of detector', async () => {
    const notes: Detector = {
      kind: 'a <note>: long',
      *find(text) {
        for (const { index, 0: found } of text.matchAll(/«[^»]*»/gu))
          yield { start: index, end: index + found.length };
      },
    };
    const hide = personalDataGuardrail({ name: 'hide', detectors: [notes], replace: sealed.seal });
    const text = `a «${'ü😀"'.repeat(2_000)}» b`;
    const hidden = await checkText(hide, text);
    if (hidden.action !== 'redact') throw new Error('nothing was hidden');
    expect(hidden.text).not.toContain('😀');
    const shown = await checkText(restoreGuardrail({ name: 'show', sealed }), hidden.text);
    expect(shown.action === 'redact' && shown.text === text).toBe(true);
  });
});
