import { createMemory } from '@aiwork/memory';
import { describe, expect, it } from 'vitest';
import { markdownBlocks } from '../read/markdown-blocks.ts';
import { findPassages, indexPassages } from '../retrieve/find-passages.ts';
import { splitDocument } from '../retrieve/split.ts';
import { stems } from '../retrieve/words.ts';
import { calm } from '../testing/folder.fixture.ts';
import type { Answer } from './answer.ts';
import { extractAnswer } from './extract.ts';

async function answer(files: Readonly<Record<string, string>>, question: string): Promise<Answer> {
  await using memory = createMemory({ tokenizer: stems });
  const passages = Object.entries(files).flatMap(([path, text]) =>
    splitDocument({ path, blocks: markdownBlocks(text) }),
  );
  const search = { memory, passages, runId: 'run', signal: calm };
  await indexPassages(search);
  return extractAnswer(await findPassages(question, search));
}

const texts = ({ statements }: Answer) => statements.map(({ text }) => text);

describe('extractAnswer', () => {
  const tea = {
    'tea.md': `# Tea\n\nTea is a drink.\n\n## Green tea\n\nGreen tea is brewed at 70 °C. The leaves come from China.\nBlack tea is brewed at 95 °C.\n`,
    'coffee.md': '# Coffee\n\nCoffee is brewed under pressure.\n\nThe cups are blue.\n',
  };

  it('quotes the sentence that says most about the question first, and its line', async () => {
    const { statements, sources } = await answer(tea, 'At what temperature is green tea brewed?');
    expect(statements[0]).toEqual({ text: 'Green tea is brewed at 70 °C.', cites: [1] });
    expect(sources[0]).toMatchObject({
      number: 1,
      at: expect.arrayContaining([7]),
      passage: { path: 'tea.md' },
    });
  });

  it('leaves out what has nothing to do with the question', async () => {
    expect(texts(await answer(tea, 'At what temperature is green tea brewed?'))).not.toContain(
      'The cups are blue.',
    );
  });

  it('says the same thing once', async () => {
    const same = {
      'a.md': 'A lease expires after thirty seconds.',
      'b.md': 'A lease expires after thirty seconds.',
      'c.md': 'After thirty seconds, a lease expires.',
    };
    expect((await answer(same, 'When does a lease expire?')).statements).toHaveLength(1);
  });

  it('takes along the sentence that a quoted one points back to', async () => {
    const text = 'The journal is a table in one file. It makes a run survive a crash of its process.';
    const found = await answer({ 'a.md': text }, 'How does a run survive a crash?');
    expect(texts(found)).toEqual([
      'The journal is a table in one file.',
      'It makes a run survive a crash of its process.',
    ]);
  });

  it('has no answer when nothing fits', async () => {
    expect(await answer(tea, 'zebras')).toEqual({ by: 'extract', statements: [], sources: [] });
    expect(await answer({}, 'zebras')).toEqual({ by: 'extract', statements: [], sources: [] });
  });

  it('numbers its sources in the order of their first citation, without gaps', async () => {
    const { statements, sources } = await answer(tea, 'What is brewed: tea or coffee?');
    expect(sources.map(({ number }) => number)).toEqual(sources.map((_, i) => i + 1));
    expect(new Set(statements.flatMap(({ cites }) => cites))).toEqual(
      new Set(sources.map(({ number }) => number)),
    );
    for (const source of sources) expect(source.quoted.length).toBeGreaterThan(0);
  });

  it('quotes rows of tables', async () => {
    const files = { 'a.md': '| code | meaning |\n|---|---|\n| 3 | the run was cancelled |\n' };
    expect(texts(await answer(files, 'Which code has a cancelled run?'))).toEqual([
      'code: 3; meaning: the run was cancelled',
    ]);
  });

  it('quotes a command that stands under a heading, and no other code', async () => {
    const code = (text: string) => `\`\`\`\n${text}\n\`\`\`\n`;
    const files = {
      'a.md': `# Install\n\n${code('npm install it')}`,
      'b.md': `# Install\n\n${code('install(\n  it)')}`,
      'c.md': code('import install'),
    };
    expect(texts(await answer(files, 'How do I install it?'))).toEqual(['npm install it']);
  });
});
