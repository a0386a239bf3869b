import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('aiwork run', () => {
  it('runs the default export, with the result on stdout and the progress on stderr', async () => {
    const { code, stdout, stderr } = await aiwork(['run', flowFile('greet.ts'), '--input', '{"name":"Ada"}']);
    expect(stdout).toBe('{\n  "text": "HELLO, ADA!"\n}\n');
    expect(stderr).toMatch(
      /● hello started\n✔ hello done in .*info shout about to shout\n✔ shout done in .*\n✔ Run \S+ succeeded in /s,
    );
    expect(code).toBe(0);
  });

  it('takes {} for no input', async () => {
    expect((await aiwork(['run', flowFile('greet.ts')])).stdout).toContain('HELLO, WORLD!');
  });

  it('reads the input from a file or from standard input', async () => {
    const file = join(await newFolder(), 'input.json');
    await writeFile(file, '\uFEFF{"name":"Grace"}');
    expect((await aiwork(['run', flowFile('greet.ts'), '-i', `@${file}`])).stdout).toContain('HELLO, GRACE!');
    const piped = await aiwork(['run', flowFile('greet.ts'), '-i', '-'], { stdin: '{"name":"Alan"}' });
    expect(piped.stdout).toContain('HELLO, ALAN!');
  });

  it('runs a task by its id, and a JavaScript file', async () => {
    const task = await aiwork(['run', flowFile('greet.ts'), '--flow', 'greet', '-i', '{"name":"Ada"}']);
    expect(task.stdout).toBe('Hello, Ada!\n');
    const plain = await aiwork(['run', flowFile('plain.js'), '-i', '"four"']);
    expect(plain.stdout).toBe('4\n');
  });

  it('prints one line of JSON an event and the result last, and nothing else, with --json', async () => {
    const { code, stdout, stderr } = await aiwork([
      'run',
      flowFile('greet.ts'),
      '--json',
      '--run-id',
      'r1',
      '-t',
      'x',
      '--tag',
      'y',
    ]);
    const lines = jsonLines(stdout);
    expect(lines[0]).toMatchObject({ type: 'run.started', runId: 'r1', seq: 1, tags: ['test', 'x', 'y'] });
    expect(lines.at(-2)).toMatchObject({ type: 'run.finished', status: 'succeeded' });
    expect(lines.at(-1)).toEqual({
      type: 'result',
      runId: 'r1',
      status: 'succeeded',
      output: { text: 'HELLO, WORLD!' },
    });
    expect(stderr).toContain('printed by the step\n');
    expect(code).toBe(0);
  });

  it('ends with 1 and names step, code and cause of a failed run', async () => {
    const { code, stdout, stderr } = await aiwork(['run', flowFile('failing.ts')]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('↻ fetch attempt 1 failed, next in 5 ms: the other side said no');
    expect(stderr).toContain(
      'error: step "fetch" failed after 2 attempts: the other side said no (AIWORK_STEP_FAILED)',
    );
    expect(stderr).toContain('caused by: connection refused');
    expect(stderr).toMatch(/✖ Run \S+ failed after /);
    expect(stderr).not.toContain('failing.ts:');
    const verbose = await aiwork(['run', flowFile('failing.ts'), '--verbose']);
    expect(verbose.stderr).toMatch(/failing\.ts:\d+/);
  });

  it('tells a failed run in the result of --json', async () => {
    const { code, stdout } = await aiwork(['run', flowFile('failing.ts'), '--json']);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      type: 'result',
      status: 'failed',
      error: { code: 'AIWORK_STEP_FAILED', message: expect.stringContaining('said no'), stepId: 'fetch' },
    });
    expect(code).toBe(1);
  });

  it('writes a timeline that stands by itself', async () => {
    const file = join(await newFolder(), 'deep', 'timeline.html');
    const { code } = await aiwork(['run', flowFile('greet.ts'), '--timeline', file]);
    expect(code).toBe(0);
    const page = await readFile(file, 'utf8');
    expect(page).toContain('shout');
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  it('leaves no file behind when none is asked for', async () => {
    const { readdir } = await import('node:fs/promises');
    const folder = await newFolder();
    await aiwork(['run', flowFile('greet.ts')], { cwd: folder });
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes on when the reader of its output has seen enough', async () => {
    const { start } = await import('./aiwork.fixture.ts');
    const { child, finished } = start(['run', flowFile('greet.ts'), '--json']);
    child.stdout?.destroy();
    const { code, stderr } = await finished;
    expect(stderr).not.toContain('EPIPE');
    expect(code).toBe(0);
  });

  it('has no colours in a pipe, and has them when told to', async () => {
    expect((await aiwork(['run', flowFile('greet.ts')])).stderr).not.toContain('\u001b');
    const forced = await aiwork(['run', flowFile('greet.ts')], { env: { FORCE_COLOR: '1' } });
    expect(forced.stderr).toContain('\u001b[32m✔');
  });
});

describe('a wrong command line', () => {
  const cases: [what: string, args: string[], says: RegExp][] = [
    [
      'a misspelt command',
      ['rnu', 'x.ts'],
      /unknown command 'rnu'\. Did you mean run\? .*\n.*aiwork --help says what there is/,
    ],
    ['a misspelt subcommand', ['runs', 'lst'], /Did you mean list\? .*\n.*aiwork runs --help says/],
    [
      'a misspelt flag',
      ['run', 'x.ts', '--jsno'],
      /unknown option '--jsno'\. Did you mean --json\? .*\n.*aiwork run --help says/,
    ],
    ['no command', [], /Usage: aiwork/],
    [
      'a missing file',
      ['run', flowFile('gret.ts')],
      /there is no file .*gret\.ts\. Did you mean "greet\.ts"\?/,
    ],
    ['a folder', ['run', flowFile('')], /is no file/],
    ['something that is no module', ['run', join(flowFile(''), '../run.txt')], /there is no file/],
    [
      'several flows',
      ['run', flowFile('several.ts')],
      /several to choose from: "publish", "summarise"[\s\S]*--flow publish/,
    ],
    [
      'a misspelt flow',
      ['run', flowFile('several.ts'), '-f', 'sumarise'],
      /Did you mean "summarise"\? It has: /,
    ],
    [
      'input that is no JSON',
      ['run', flowFile('greet.ts'), '-i', '{name:Ada}'],
      /the input is not JSON: [\s\S]*quote it/,
    ],
    [
      'no input where some is needed',
      ['run', flowFile('plain.js')],
      /AIWORK_INVALID_INPUT[\s\S]*no --input was given/,
    ],
    [
      'input that does not fit',
      ['run', flowFile('greet.ts'), '-i', '{"name":7}'],
      /name: .*expected string.*AIWORK_INVALID_INPUT/,
    ],
    ['--no-wait without a state file', ['run', flowFile('greet.ts'), '--no-wait'], /needs --state FILE/],
    ['no state file', ['runs', 'list'], /not said where runs are kept[\s\S]*AIWORK_STATE/],
    ['a state file that is not there', ['runs', 'list', '--state', 'no.db'], /there is no state file no\.db/],
    ['a format there is not', ['graph', flowFile('greet.ts'), '--format', 'png'], /mermaid, svg, json, ts/],
    ['a graph of a task', ['graph', flowFile('greet.ts'), '-f', 'greet'], /only a flow has a graph/],
  ];
  it.each(cases)('ends with 2 and explains %s', async (_, args, says) => {
    const { code, stdout, stderr } = await aiwork(args, { cwd: await newFolder() });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each([
    ['a file that is not there', ['run', 'no.ts'], 'no file'],
    ['a flag that there is not', ['run', 'x.ts', '--bogus'], "unknown option '--bogus'"],
    ['an argument that is missing', ['worker'], "missing required argument 'file'"],
  ])('is told as JSON too with --json: %s', async (_, args, says) => {
    const { stdout } = await aiwork([...args, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'error',
      code: 'AIWORK_USAGE',
      message: expect.stringContaining(says),
    });
  });

  it('explains how a file names the plugin that is missing', async () => {
    const { stderr } = await aiwork(['worker', flowFile('greet.ts'), '--queue', 'work', '--state', 'a.db'], {
      cwd: await newFolder(),
    });
    expect(stderr).toMatch(/nothing provides "queue"[\s\S]*export const aiwork = \{ plugins:/);
  });

  it('explains a file that cannot be imported, and ends with 1', async () => {
    const { code, stderr } = await aiwork(['run', flowFile('broken.js')]);
    expect(stderr).toMatch(
      /cannot load .*broken\.js: Cannot find module[\s\S]*AIWORK_FLOW_FILE[\s\S]*'\.\/tasks\.ts'/,
    );
    expect(code).toBe(1);
  });
});

describe('a flow file with a mistake', () => {
  it('is told with its line, and what Node cannot erase with a hint', async () => {
    const folder = await newFolder();
    const mistake = 'export const a = 1;\nexport const = 2;\n';
    await writeFile(join(folder, 'typo.mts'), mistake);
    await writeFile(join(folder, 'typo.mjs'), mistake);
    await writeFile(join(folder, 'enum.mts'), 'export enum Colour { red }\n');
    const typo = await aiwork(['run', 'typo.mts'], { cwd: folder });
    expect(typo.stderr).toMatch(
      /cannot load typo\.mts: Unexpected token .* at .*typo\.mts:2 \(AIWORK_FLOW_FILE\)/,
    );
    const plain = await aiwork(['run', 'typo.mjs'], { cwd: folder });
    expect(plain.stderr).toContain('hint: node --check typo.mjs');
    const enums = await aiwork(['run', 'enum.mts'], { cwd: folder });
    expect(enums.stderr).toMatch(/enum is not supported[\s\S]*hint: .*erasing types/);
    expect([typo.code, enums.code]).toEqual([1, 1]);
  });

  it('is told that it is no ES module, and what makes it one', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
    await writeFile(join(folder, 'flow.js'), "import '@aiwork/core';\n");
    const { code, stderr } = await aiwork(['run', 'flow.js'], { cwd: folder });
    expect(stderr).toContain('hint: say "type": "module" in package.json');
    expect(code).toBe(1);
  });
});

describe('help', () => {
  const commands = [
    '',
    'run',
    'runs',
    'runs list',
    'runs show',
    'runs resume',
    'runs rerun',
    'runs cancel',
    'runs signal',
    'graph',
    'init',
  ];
  it.each(commands)('is there for: aiwork %s', async (command) => {
    const { code, stdout } = await aiwork([...command.split(' ').filter(Boolean), '--help']);
    expect(stdout).toContain(`Usage: ${['aiwork', command].join(' ').trim()} `);
    expect(stdout).toContain('--verbose');
    expect(code).toBe(0);
  });

  it('tells the version', async () => {
    expect((await aiwork(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
