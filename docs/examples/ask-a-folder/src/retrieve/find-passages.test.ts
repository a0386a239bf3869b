import { createMemory } from '@aiwork/memory';
import { describe, expect, it } from 'vitest';
import type { Passage } from '../document.ts';
import { calm } from '../testing/folder.fixture.ts';
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
