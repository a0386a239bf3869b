import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command } from './command.ts';
import { type GuideStep, guideSteps, showsAs, withDiff } from './guide-steps.ts';

export interface GuideOptions {
  /** Where the reader begins. */
  readonly folder: string;
  /** What is run instead of a command that would need the registry to have these packages. */
  translate(command: string): string;
}

/** Does what a guide says from its first block to its last, and stops at, and gives, what does not go as it says. */
export async function followGuide(
  markdown: string,
  { folder, translate }: GuideOptions,
): Promise<string | undefined> {
  let cwd = folder;
  for (const step of guideSteps(markdown)) {
    if (step.kind === 'command' && step.command.startsWith('cd ')) {
      cwd = join(cwd, step.command.slice('cd '.length));
      continue;
    }
    const problem = await follow(step, cwd, translate).catch(String);
    if (problem !== undefined) return `${step.line}: ${problem}`;
  }
  return undefined;
}

async function follow(
  step: GuideStep,
  cwd: string,
  translate: GuideOptions['translate'],
): Promise<string | undefined> {
  if (step.kind !== 'command') {
    const file = join(cwd, step.path);
    await mkdir(dirname(file), { recursive: true });
    const text = step.kind === 'file' ? step.text : withDiff(await readFile(file, 'utf8'), step.diff);
    await writeFile(file, text);
    return undefined;
  }
  const { ok, output } = await command('sh', ['-c', translate(step.command)], { cwd, timeoutMs: 240_000 });
  const said = `${step.command}\n${output}`;
  if (ok === step.fails) return `${ok ? 'should have failed' : 'failed'}: ${said}`;
  if (step.shows !== undefined && !showsAs(output, step.shows)) {
    return `should have shown\n${step.shows}\nand showed: ${said}`;
  }
  return undefined;
}
