import { expect, it } from 'vitest';
import { readCollection } from './test-collection.ts';

it('reads documents, and queries with what is relevant to them', () => {
  const collection = readCollection('two', {
    documents: '<root>\n<doc id="1">a wing .\n in air </doc>\n<doc id="2"></doc>\n</root>\n',
    queries: '<root>\n<query id="1">what flies ?\n</query>\n<query id="2">unjudged</query>\n</root>\n',
    judgements: '<root>\n<res id="1">1 2</res>\n<res id="2"></res>\n</root>\n',
  });
  expect(collection).toEqual({
    name: 'two',
    documents: [
      { id: '1', text: 'a wing .\n in air' },
      { id: '2', text: '' },
    ],
    queries: [{ text: 'what flies ?', relevant: new Set(['1', '2']) }],
  });
});
