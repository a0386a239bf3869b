import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCode } from './exit-code.ts';
import { runDemo } from './run-demo.ts';
import { inSigns } from './terminal/marks.ts';
import { calm, testFolder } from './testing/folder.fixture.ts';
import { pdfOf } from './testing/pdf.fixture.ts';

async function demo(cwd: string, args: readonly string[], signal: AbortSignal = calm) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runDemo(args, {
    cwd,
    width: 100,
    mark: inSigns,
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
    signal,
  });
  return { code, out: out.join(''), err: err.join('') };
}

const files = {
  'docs/runs.md':
    '# Runs\n\nEvery finished step is in the journal.\n\n## Crashes\n\nA run whose process crashes is resumed by another worker.\n',
  'docs/old.txt': Buffer.from('Un caf\xe9.', 'latin1'),
  'docs/manual.pdf': pdfOf([['The lease of a run lasts thirty seconds.']]),
  'docs/broken.pdf': '%PDF-1.4 broken',
  'docs/page.html': '<h1>Web</h1><p>Web pages are read, too.</p>',
  'docs/picture.png': Buffer.from([0, 1, 2, 3]),
};

describe('the demo', () => {
  it('answers from a folder, and writes the report and the timeline', async () => {
    const cwd = await testFolder(files);
    const { code, out, err } = await demo(cwd, ['docs', 'What happens to a run whose process crashes?']);
    expect({ code, err }).toEqual({ code: exitCode.answered, err: '' });
    expect(out).toContain('A run whose process crashes is resumed by another worker [1].');
    expect(out).toContain('[1] runs.md:7  Runs › Crashes');
    expect(out).toContain('by words: A «run» whose «process» «crashes» is resumed by another worker.');
    expect(out).toContain('--embeddings FILE');
    expect(out).toContain('a broken PDF: broken.pdf');
    expect(out).toContain('binary: picture.png');
    expect(out).toContain('old.txt');
    expect(out).toMatch(/the report +aiwork-demo\/report\.html/);
    const report = await readFile(join(cwd, 'aiwork-demo/report.html'), 'utf8');
    expect(report).toContain('<mark>A run whose process crashes is resumed by another worker.</mark>');
    const timeline = await readFile(join(cwd, 'aiwork-demo/timeline.html'), 'utf8');
    expect(timeline).toContain('retrieve');
  });

  it('finds what stands in a PDF, and names its page', async () => {
    const cwd = await testFolder(files);
    const { out } = await demo(cwd, ['docs', 'How long does a lease last?']);
    expect(out).toContain('[1] manual.pdf, page 1');
  });

  it('shows every step as it ends', async () => {
    const cwd = await testFolder(files);
    const { out } = await demo(cwd, ['docs', 'crashes']);
    const steps = out.match(/^ {2}(?:scan|read|split|index|retrieve|extract|check|result|report) /gm);
    expect(steps?.map((step) => step.trim())).toEqual(
      'scan read split index retrieve extract check result report'.split(' '),
    );
  });

  it('says that the files hold no answer, and ends with a code of its own', async () => {
    const cwd = await testFolder(files);
    const { code, out } = await demo(cwd, ['docs', 'Where do zebras graze?', '--out', 'elsewhere']);
    expect(code).toBe(exitCode.noAnswer);
    expect(out).toContain('The files do not say.');
    expect(out).toContain('No file mentions "zebras" or "graze"');
    expect(out).toMatch(/the report +elsewhere\/report\.html/);
  });

  it('says that there is nothing in an empty folder', async () => {
    const { code, out } = await demo(await testFolder(), ['.', 'Anything?']);
    expect(code).toBe(exitCode.noAnswer);
    expect(out).toContain('There was nothing to read.');
  });

  it('does not read what it wrote before', async () => {
    const cwd = await testFolder(files);
    await demo(cwd, ['.', 'crashes']);
    const { out } = await demo(cwd, ['.', 'crashes']);
    expect(out).toContain('written by this demo: aiwork-demo');
    await demo(cwd, ['docs', 'crashes', '--out', 'docs']);
    const { out: inside } = await demo(cwd, ['docs', 'crashes', '--out', 'docs']);
    expect(inside).toContain('written by this demo: report.html, timeline.html');
  });

  it.each([
    [['missing', 'What?'], 'there is no folder'],
    [['docs/runs.md', 'What?'], 'is not a folder'],
    [['docs'], 'Give a question after the folder'],
    [['docs', ' '], 'the question is empty'],
    [['docs', 'How', 'many?'], 'put the question in quotes'],
    [['docs', 'What?', '--ot', 'x'], "unknown option '--ot'"],
    [['docs', 'What?', '--model', 'no.ts'], 'there is no file'],
    [['docs', 'What?', '--embeddings', 'no.arrow'], 'no.arrow'],
    [['docs', 'What?', '--only', '*.md'], 'give extensions'],
    [['--resume', 'x'], 'wants --state'],
    [['--state', 'runs.db', '--resume', 'x'], 'no run "x"'],
  ])('refuses %j in one sentence', async (args, problem) => {
    const { code, err } = await demo(await testFolder(files), args);
    expect(code).toBe(exitCode.usage);
    expect(err).toContain(problem);
    expect(err).not.toMatch(/^ +at /m);
  });

  it('takes the -- that some versions of pnpm hand on', async () => {
    const { out } = await demo(await testFolder(), ['--', '--help']);
    expect(out).toContain('npx -y pnpm@12 demo -- FOLDER "question"');
  });

  it('answers a question about this repository when no folder is given', { timeout: 60_000 }, async () => {
    const { code, out } = await demo(await testFolder(), [
      'How do I report a vulnerability?',
      '--only',
      'md',
    ]);
    expect(code).toBe(exitCode.answered);
    expect(out).toContain('SECURITY.md:');
  });

  it('is cancelled by its signal, and says how far it came', async () => {
    const cwd = await testFolder(files);
    const cancelling = new AbortController();
    const model = `export default { id: 'slow', async *stream(_, { signal }) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    } };`;
    const folder = await testFolder({ 'model.mjs': model });
    const printed: string[] = [];
    const code = await runDemo(['docs', 'crashes', '--model', join(folder, 'model.mjs')], {
      cwd,
      width: 100,
      mark: inSigns,
      print(text) {
        printed.push(text);
        if (text.includes('extract')) cancelling.abort();
      },
      printError: (text) => printed.push(text),
      signal: cancelling.signal,
    });
    expect(code).toBe(exitCode.cancelled);
    expect(printed.join('')).toMatch(/timeline\.html\nCancelled\./);
  });

  it('keeps the run in a state file, where a finished run can be shown again', async () => {
    const cwd = await testFolder(files);
    const first = await demo(cwd, ['docs', 'crashes', '--state', 'runs.db']);
    const runId = /Run (\S+);/.exec(first.out)?.[1];
    const again = await demo(cwd, ['--state', 'runs.db', '--resume', String(runId)]);
    expect(again.code).toBe(exitCode.answered);
    expect(again.out).toContain('A run whose process crashes is resumed by another worker [1].');
  });
});

describe('the demo with a model', () => {
  const scripted = (...replies: string[]) =>
    `import { scriptedChatModel } from '${import.meta.resolve('@aiwork/core/testing')}';
     export default scriptedChatModel(${JSON.stringify(replies)});`;
  const question = 'What happens to a run whose process crashes?';

  it('lets the model write the answer', async () => {
    const cwd = await testFolder({
      ...files,
      'model.ts': scripted('Another worker resumes a crashed run [1].'),
    });
    const { code, out } = await demo(cwd, ['docs', question, '--model', 'model.ts']);
    expect(code).toBe(exitCode.answered);
    expect(out).toContain('Another worker resumes a crashed run [1].');
    expect(out).toContain('ask-model');
  });

  it('asks the model again when its answer does not pass', async () => {
    const model = scripted('Cats do it.', 'Cats do it [7].', 'Another worker resumes the run [1].');
    const cwd = await testFolder({ ...files, 'model.ts': model });
    const { out } = await demo(cwd, ['docs', question, '--model', 'model.ts']);
    expect(out).toContain('Another worker resumes the run [1].');
    expect(out).not.toContain('Cats');
  });

  it('quotes the files when no answer of the model passes', async () => {
    const cwd = await testFolder({ ...files, 'model.ts': scripted('No.', 'No.', 'No.') });
    const { code, out } = await demo(cwd, ['docs', question, '--model', 'model.ts']);
    expect(code).toBe(exitCode.answered);
    expect(out).toContain('A run whose process crashes is resumed by another worker [1].');
    expect(out).toContain('The model gave no answer that passes the checks');
  });

  it('believes a model that finds no answer in the passages', async () => {
    const cwd = await testFolder({ ...files, 'model.ts': scripted('The files do not say.') });
    const { code, out } = await demo(cwd, ['docs', question, '--model', 'model.ts']);
    expect(code).toBe(exitCode.noAnswer);
    expect(out).toContain('The files do not say.');
  });

  it('shows no secret to the model, in the report or in the timeline', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const echo = `export default { id: 'echo', async *stream({ messages }) {
      yield { type: 'text', text: messages.at(-1).content.match(/The token[^\\n]*/)[0].replace('.', ' [1].') };
      yield { type: 'done', reason: 'stop' };
    } };`;
    const cwd = await testFolder({ 'docs/a.md': `The token of the robot is ${token}.`, 'model.mjs': echo });
    const { code, out } = await demo(cwd, [
      'docs',
      'What is the token of the robot?',
      '--model',
      'model.mjs',
    ]);
    expect(code).toBe(exitCode.answered);
    expect(out).toContain('The token of the robot is [redacted] [1].');
    expect(out).not.toContain(token);
    for (const page of ['report.html', 'timeline.html']) {
      expect(await readFile(join(cwd, 'aiwork-demo', page), 'utf8')).not.toContain(token);
    }
  });
});
