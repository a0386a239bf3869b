import { createMemory } from '@aiwork/memory';
import { describe, expect, it } from 'vitest';
import { extractAnswer } from '../answer/extract.ts';
import type { Passage } from '../document.ts';
import { calm } from '../testing/folder.fixture.ts';
import { fewMeanings } from '../testing/meanings.fixture.ts';
import { findPassages, indexPassages } from './find-passages.ts';
import { stems } from './words.ts';

const passage = (path: string, text: string, headings: string[] = []): Passage => ({
  path,
  headings,
  blocks: [{ kind: 'prose', text, line: 1, headings }],
});

const passages = [
  passage('a.md', 'Runs are resumed after a crash.'),
  passage('b.md', 'Cats sleep a lot.'),
  passage('c.md', 'It takes ten seconds.', ['Crashed processes']),
];

describe('findPassages', () => {
  it('finds other forms of the words asked for, in texts and headings', async () => {
    await using memory = createMemory({ tokenizer: stems });
    const search = { memory, passages, runId: 'run', signal: calm };
    await indexPassages(search);
    const { hits } = await findPassages('What when it crashes?', search);
    expect(hits.map((hit) => hit.passage.path).sort()).toEqual(['a.md', 'c.md']);
  });

  it('says how telling each word is, and which are nowhere', async () => {
    await using memory = createMemory({ tokenizer: stems });
    const search = { memory, passages, runId: 'run', signal: calm };
    await indexPassages(search);
    const { terms } = await findPassages('Crashes of cats and zebras', search);
    expect(terms).toMatchObject([
      { asked: 'crashes', passages: 2 },
      { asked: 'cats', passages: 1 },
      { asked: 'zebras', passages: 0, weight: 0 },
    ]);
    expect(terms[1]?.weight).toBeGreaterThan(terms[0]?.weight ?? 0);
  });

  it('keeps runs that share a memory apart', async () => {
    await using memory = createMemory({ tokenizer: stems });
    await indexPassages({
      memory,
      passages: [passage('theirs.md', 'A crash.')],
      runId: 'theirs',
      signal: calm,
    });
    const search = { memory, passages, runId: 'ours', signal: calm };
    await indexPassages(search);
    const { hits } = await findPassages('crash', search);
    expect(hits.map((hit) => hit.passage.path).sort()).toEqual(['a.md', 'c.md']);
  });

  it('searches for all words when none is telling', async () => {
    await using memory = createMemory({ tokenizer: stems });
    const search = { memory, passages, runId: 'run', signal: calm };
    await indexPassages(search);
    expect((await findPassages('Is it a?', search)).hits).not.toEqual([]);
  });
});

describe('findPassages with a model', () => {
  const shop = [
    passage('door.md', 'The shop is dry. An umbrella is at the door.'),
    passage('shop.md', 'We have it all from nine on.'),
    passage('cats.md', 'Cats sleep a lot.'),
  ];

  async function found(question: string) {
    await using memory = createMemory({ tokenizer: stems, vectors: { embedder: fewMeanings } });
    const counts: number[] = [];
    const onIndexed = (count: number) => counts.push(count);
    const search = { memory, passages: shop, runId: 'run', signal: calm, embedder: fewMeanings, onIndexed };
    await indexPassages(search);
    expect(counts).toEqual([3]);
    return await findPassages(question, search);
  }

  it('finds what is meant in other words, and the sentence that means it', async () => {
    const { hits } = await found('What when it rains?');
    expect(hits[0]).toMatchObject({
      passage: { path: 'door.md' },
      near: [{ text: 'An umbrella is at the door.', nearness: 1 }],
      why: { sentence: 'An umbrella is at the door.', words: [], nearness: 1 },
    });
    expect(hits).toHaveLength(1);
  });

  it('finds by words, too, and counts words as without a model', async () => {
    const { hits, terms } = await found('Do cats have boots?');
    expect(hits[0]).toMatchObject({ passage: { path: 'cats.md' }, near: [], why: { words: ['cat'] } });
    expect(terms).toMatchObject([
      { asked: 'cats', passages: 1 },
      { asked: 'boots', passages: 0 },
    ]);
  });

  it('finds nothing where neither words nor meaning fit', async () => {
    expect((await found('Where do zebras graze?')).hits).toEqual([]);
  });

  it('lets an answer be quoted that has no word of the question', async () => {
    const { statements } = extractAnswer(await found('What when it rains?'));
    expect(statements).toEqual([{ text: 'An umbrella is at the door.', cites: [1] }]);
  });
});
