import type { ChatRequest } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { ask, question } from './asking.ts';
import { type ChatModelUnderTest, takesImages, takesSchemas } from './chat-model-under-test.ts';

const schema = {
  type: 'object',
  properties: { answer: { type: 'string' }, certainty: { type: 'number' } },
  required: ['answer', 'certainty'],
  additionalProperties: false,
};

export const requests: CheckGroup<ChatModelUnderTest> = {
  id: 'requests',
  title: 'What the provider is asked',
  checks: [
    {
      id: 'chat-model.requests.messages',
      rule: 'System messages, and what was said by whom, reach the provider in order and word for word',
      anchor: 'ChatRequest.messages',
      why: 'instructions are not followed, or are read as words of the user',
      async run(t) {
        const { model, provider } = await t.open();
        const odd = ' \u2028"\\n" ÿ 👩‍👩‍👧 </system> \u0000 {{x}} ';
        await ask(model, {
          messages: [
            { role: 'system', content: `Be brief.${odd}` },
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: `One${odd}` },
            { role: 'assistant', content: `Two${odd}` },
            { role: 'user', content: 'Three' },
          ],
        });
        const [request] = provider.requests;
        t.same(
          request?.system,
          `Be brief.${odd}\n\nBe kind.`,
          'the system messages that the provider was told',
        );
        const turns = [
          { role: 'user', text: `One${odd}`, images: [] },
          { role: 'assistant', text: `Two${odd}`, toolCalls: [] },
          { role: 'user', text: 'Three', images: [] },
        ];
        t.same(request?.turns, turns, 'the turns that the provider was told');
      },
    },
    {
      id: 'chat-model.requests.settings',
      rule: 'Temperature (also 0), the limit of tokens and the tools with their schemas reach the provider',
      anchor: 'ChatRequest',
      why: 'what was set has no effect, and nobody notices',
      async run(t) {
        const { model, provider } = await t.open();
        const tools = [
          { name: 'add', description: 'Adds.', inputSchema: { ...schema } },
          { name: 'now', description: 'Tells the time.', inputSchema: { type: 'object', properties: {} } },
        ];
        await ask(model, { ...question, temperature: 0, maxTokens: 77, tools });
        const [request] = provider.requests;
        t.same(request?.temperature, 0, 'the temperature that the provider was told');
        t.same(request?.maxTokens, 77, 'the limit of tokens that the provider was told');
        t.same(request?.tools, tools, 'the tools that the provider was told');
        t.same(request?.model, model.id, 'the model that the provider was asked for');
      },
    },
    {
      id: 'chat-model.requests.schema',
      rule: 'The schema of the answer reaches the provider',
      anchor: 'ChatRequest.schema',
      why: 'answers are prose where a program expects JSON',
      when: takesSchemas,
      async run(t) {
        const { model, provider } = await t.open();
        await ask(model, { ...question, schema });
        t.same(provider.requests[0]?.schema, schema, 'the schema that the provider was told');
      },
    },
    {
      id: 'chat-model.requests.images',
      rule: 'Images reach the provider with the text they belong to, as bytes and as addresses',
      anchor: 'ChatImage',
      why: 'the model answers as if it saw them',
      when: takesImages,
      async run(t) {
        const { model, provider } = await t.open();
        await ask(model, {
          messages: [
            {
              role: 'user',
              content: 'What is it?',
              images: [
                { mediaType: 'image/png', base64: 'iVBORw0KGgo=' },
                { url: 'https://example.org/cat.jpg' },
              ],
            },
          ],
        });
        const images = ['data:image/png;base64,iVBORw0KGgo=', 'https://example.org/cat.jpg'];
        t.same(
          provider.requests[0]?.turns,
          [{ role: 'user', text: 'What is it?', images }],
          'what the provider was shown',
        );
      },
    },
    {
      id: 'chat-model.requests.once',
      rule: 'Nothing is sent before the first chunk is asked for, then one request, and what was given is not changed',
      anchor: 'ChatModel.stream',
      why: 'a call that nobody reads is paid for, or one is paid for twice',
      async run(t) {
        const { model, provider } = await t.open();
        const request: ChatRequest = structuredClone({ ...question, tools: [], schema });
        const before = structuredClone(request);
        const unread = model.stream(request, { signal: t.signal });
        await ask(model, request);
        t.same(provider.asked, 1, 'the number of requests for one reply that was read, and one that was not');
        t.same(request, before, 'the request after the call');
        for await (const _ of unread);
        t.same(provider.asked, 2, 'the number of requests after the other was read');
      },
    },
  ],
};
