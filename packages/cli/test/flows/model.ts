// A model for `aiwork think`: says 4 most of the time.
import { definePlugin } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';

const answers = ['2 + 2\nAnswer: 4', 'Answer: 5', 'Answer: 4', 'Answer: 4', 'Answer: 4'];

const model = definePlugin({
  name: 'model',
  setup: (host) =>
    host.provide('chatModel', scriptedChatModel(answers, { id: 'parrot' }), { name: 'parrot' }),
});

export const aiwork = { plugins: [model()] };
