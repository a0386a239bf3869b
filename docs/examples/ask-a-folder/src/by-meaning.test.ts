import { join } from 'node:path';
import { convertModel } from '@aiwork/embeddings';
import { describe, expect, it } from 'vitest';
import { miniLmWheel } from '../../../../plugins/embeddings/test/minilm/minilm.fixture.ts';
import { exitCode } from './exit-code.ts';
import { runDemo } from './run-demo.ts';
import { inSigns } from './terminal/marks.ts';
import { calm, testFolder } from './testing/folder.fixture.ts';

const wheel = await miniLmWheel();

const files = {
  'docs/shop.md':
    '# Shop\n\nThe shop is in Mill Street.\n\n## Sending back\n\nUnworn footwear is taken back for thirty days. Bring the bill.\n',
  'docs/weather.txt': 'An umbrella stands at the door for whoever gets caught in a shower.\n',
  'docs/cats.txt': 'Cats sleep most of the day.\n',
};

describe.skipIf('missing' in wheel)(
  `the demo with all-MiniLM-L6-v2${'missing' in wheel ? `, which is not there: ${wheel.missing}` : ''}`,
  { timeout: 300_000 },
  () => {
    it('finds what is meant, shows which sentence it was, and that nothing is meant', async () => {
      if ('missing' in wheel) throw new Error(wheel.missing);
      const cwd = await testFolder(files);
      await convertModel({ from: wheel.path, path: join(cwd, 'minilm.arrow'), precision: 'fp32' });

      async function ask(question: string, more: { readonly embeddings?: string } = {}, ...args: string[]) {
        const out: string[] = [];
        const print = (text: string) => out.push(text);
        const around = { cwd, width: 100, mark: inSigns, print, printError: print, signal: calm, ...more };
        const code = await runDemo(['docs', question, ...args], around);
        return { code, out: out.join('') };
      }

      const question = 'Can I return shoes that do not fit?';
      const byWords = await ask(question);
      expect(byWords.code).toBe(exitCode.noAnswer);

      const byMeaning = await ask(question, {}, '--embeddings', 'minilm.arrow');
      expect(byMeaning.code).toBe(exitCode.answered);
      expect(byMeaning.out).toContain('Unworn footwear is taken back for thirty days [1].');
      expect(byMeaning.out).toMatch(
        /\[1\] shop\.md:7 {2}Shop › Sending back\n {6}by meaning \(0\.\d\d\): Unworn footwear is taken back/,
      );
      expect(byMeaning.out).not.toContain('--embeddings FILE');

      const both = await ask('Where is the umbrella?', { embeddings: 'minilm.arrow' });
      expect(both.out).toMatch(/by words and meaning \(0\.\d\d\): An «umbrella» stands at the door/);

      const nothing = await ask('Who won the chess tournament?', { embeddings: 'minilm.arrow' });
      expect(nothing.out).toContain('The files do not say.');
      expect(nothing.code).toBe(exitCode.noAnswer);
    });
  },
);
