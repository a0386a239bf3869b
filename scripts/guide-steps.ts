import { fencesIn } from './docs/markdown.ts';

/** One thing that a guide tells its reader to do. */
export type GuideStep = { readonly line: number } & (
  | { readonly kind: 'command'; readonly command: string; readonly fails: boolean; readonly shows?: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'edit'; readonly path: string; readonly diff: string }
);

/**
 * What the blocks of a guide say, in their order: `sh` is run (`sh fails`: and fails), a `text` block after it is what it
 * shows, `typescript FILE` is written, as are the other languages below, `diff FILE` is applied.
 */
export function guideSteps(markdown: string): readonly GuideStep[] {
  const steps: GuideStep[] = [];
  for (const { language, info, text, line } of fencesIn(markdown)) {
    if (language === 'sh') {
      const commands = text.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('#'));
      for (const command of commands) {
        steps.push({ kind: 'command', command, fails: info === 'fails', line });
      }
    } else if (language === 'text') {
      const last = steps.at(-1);
      if (last?.kind === 'command') steps[steps.length - 1] = { ...last, shows: text };
    } else if (written.includes(language) && info !== '') {
      steps.push({ kind: 'file', path: info, text: `${text}\n`, line });
    } else if (language === 'diff' && info !== '') {
      steps.push({ kind: 'edit', path: info, diff: text, line });
    }
  }
  return steps;
}

/** In which files are given. */
const written: readonly string[] = ['typescript', 'dockerfile', 'dockerignore'];

/** Whether `output` holds the lines of `shown`, one after another; `…` stands for any text, and alone for any lines. */
export function showsAs(output: string, shown: string): boolean {
  const lines = shown.split('\n').map((line) => {
    if (line.trim() === '…') return '(?:.*\\n)*?.*';
    return line.trimEnd().split('…').map(literally).join('.*');
  });
  return new RegExp(`^${lines.join('[ \\t]*\\n')}[ \\t]*$`, 'm').test(output);
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * The text with the lines of a diff changed; a line `@@` stands between two places.
 *
 * @throws Error when the lines that are to be changed are not there exactly once.
 */
export function withDiff(text: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((before, hunk) => {
    const lines = hunk.replace(/\n$/, '').split('\n');
    const [old, changed] = ['-', '+'].map((sign) =>
      lines
        .filter((line) => line === '' || line[0] === ' ' || line[0] === sign)
        .map((line) => `${line.slice(1)}\n`)
        .join(''),
    ) as [string, string];
    const place = `\n${old}`;
    const all = `\n${before}`;
    const at = all.indexOf(place);
    if (at < 0 || at !== all.lastIndexOf(place)) {
      throw new Error(`these lines are ${at < 0 ? 'not there' : 'there more than once'}:\n${old}`);
    }
    return all.slice(1, at + 1) + changed + all.slice(at + place.length);
  }, text);
}
