import type { ChatRequest } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { answersAgain, ask, callsOf, failureOf, textOf } from './asking.ts';
import type { ChatModelUnderTest } from './chat-model-under-test.ts';

const hugeLength = 1_000_000;

export const tools: CheckGroup<ChatModelUnderTest> = {
  id: 'tools',
  title: 'Tools',
  checks: [
    {
      id: 'chat-model.tools.called',
      rule: 'Tool calls are given whole, once and in order, with their ids, also when their inputs come in turns; then `tool-calls`',
      anchor: 'ToolCall',
      why: 'a tool is called with the input of another, or twice',
      async run(t) {
        const { model, provider } = await t.open();
        provider.reply({
          text: ['Let me see.'],
          toolCalls: [
            { id: 'a', name: 'add', input: ['{"a"', ':1,', '"b":2}'] },
            { id: 'b', name: 'add', input: ['{"a":3', ',"b":[4,{"c":null}]}'] },
            { id: 'c', name: 'now', input: [] },
            { id: 'd', name: 'echo', input: ['{"text":"\\"}', ']"}'] },
          ],
          reason: 'tool-calls',
        });
        const chunks = await ask(model);
        t.same(textOf(chunks), 'Let me see.', 'the text before the calls');
        const calls = [
          { id: 'a', name: 'add', input: { a: 1, b: 2 } },
          { id: 'b', name: 'add', input: { a: 3, b: [4, { c: null }] } },
          { id: 'c', name: 'now', input: {} },
          { id: 'd', name: 'echo', input: { text: '"}]' } },
        ];
        t.same(callsOf(chunks), calls, 'the calls');
        t.same(chunks.at(-1), { type: 'done', reason: 'tool-calls' }, 'the last chunk');
      },
    },
    {
      id: 'chat-model.tools.huge-input',
      rule: 'An input of a megabyte, in a thousand pieces, is given whole',
      anchor: 'ToolCall.input',
      why: 'files that a model writes are cut off, or take minutes',
      async run(t) {
        const { model, provider } = await t.open();
        const piece = '0123456789'.repeat(hugeLength / 10_000);
        const input = ['{"text":"', ...Array.from({ length: 1000 }, () => piece), '"}'];
        provider.reply({ toolCalls: [{ id: 'a', name: 'write', input }], reason: 'tool-calls' });
        const [call] = callsOf(await ask(model));
        const { text = '' } = (call?.input ?? {}) as { readonly text?: string };
        t.same(text.length, hugeLength, 'the length of the input');
        t.same(text.slice(-10), '0123456789', 'its end');
      },
    },
    {
      id: 'chat-model.tools.broken-input',
      rule: 'An input that is no JSON is an error that may be tried again, and never a call',
      anchor: 'ChatModel',
      why: 'a tool is called with something that nobody asked for',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        const toolCalls = [{ id: 'a', name: 'delete', input: ['{"path":"/tmp/x'] }];
        provider.reply({ toolCalls, reason: 'tool-calls' });
        const error = await failureOf(t, model, 'a reply with a call of broken input');
        t.same(error.code, 'AIWORK_MODEL_INVALID_REPLY', 'the code of the error');
        t.same(error.retryable, true, 'whether it may be tried again');
        provider.reply({ text: ['I'], toolCalls, reason: 'length' });
        const cut = await ask(model);
        t.same(callsOf(cut), [], 'the calls of a reply that was cut off at its length');
        t.same(cut.at(-1), { type: 'done', reason: 'length' }, 'the last chunk of it');
        await answersAgain(t, subject, 'a call of broken input');
      },
    },
    {
      id: 'chat-model.tools.results',
      rule: 'The provider is told the calls and the results of tools by their ids, and which failed',
      anchor: 'Message',
      why: 'the model takes the failure of a tool for its result, or one result for another',
      async run(t) {
        const { model, provider } = await t.open();
        const request: ChatRequest = {
          messages: [
            { role: 'user', content: 'Add and delete.' },
            {
              role: 'assistant',
              content: '',
              toolCalls: [
                { id: 'a', name: 'add', input: { a: 1, b: [null, 'ü'] } },
                { id: 'b', name: 'delete', input: {} },
              ],
            },
            { role: 'tool', toolCallId: 'a', content: '3' },
            { role: 'tool', toolCallId: 'b', content: 'no such file', isError: true },
            { role: 'assistant', content: 'It is 3, and there is no file.' },
            { role: 'user', content: 'Once more.' },
          ],
          tools: [{ name: 'add', description: 'Adds.', inputSchema: { type: 'object' } }],
        };
        await ask(model, request);
        const told = provider.requests[0]?.turns ?? [];
        const results = told.filter((turn) => turn.role === 'tool');
        t.same(
          told.filter(({ role }) => role === 'assistant')[0],
          {
            role: 'assistant',
            text: '',
            toolCalls: [
              { id: 'a', name: 'add', input: { a: 1, b: [null, 'ü'] } },
              { id: 'b', name: 'delete', input: {} },
            ],
          },
          'the calls that the provider was told',
        );
        t.same(
          results.map(({ toolCallId, failed }) => ({ toolCallId, failed })),
          [
            { toolCallId: 'a', failed: false },
            { toolCallId: 'b', failed: true },
          ],
          'the results that the provider was told',
        );
        t.same(results[0]?.text, '3', 'the first result');
        t.that(
          results[1]?.text.includes('no such file') === true,
          'the reason of the failure to be told',
          results[1],
        );
      },
    },
  ],
};
