import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore from 'ignore';

/** Whether git would leave a path out. Paths are absolute. */
export interface IgnoreRules {
  ignores(path: string, isFolder: boolean): boolean;
  /** These rules and those in the `.gitignore` of a folder further in. */
  within(folder: string): Promise<IgnoreRules>;
}

interface Rule {
  readonly base: string;
  readonly test: (path: string) => { ignored: boolean; unignored: boolean };
}

/** The rules that hold in a folder: its own, and those of the folders around it up to the root of its repository. */
export async function ignoreRulesFor(folder: string): Promise<IgnoreRules> {
  const around = await foldersAround(folder);
  let outer = rulesOf([]);
  for (const base of around) outer = await outer.within(base);
  // Somebody who asks about a folder that git leaves out means what is in it.
  const start = outer.ignores(folder, true) ? rulesOf([]) : outer;
  return start.within(folder);
}

function rulesOf(rules: readonly Rule[]): IgnoreRules {
  return {
    ignores(path, isFolder) {
      for (const { base, test } of rules) {
        const inside = relative(base, path).split(sep).join('/');
        const verdict = test(isFolder ? `${inside}/` : inside);
        if (verdict.ignored || verdict.unignored) return verdict.ignored;
      }
      return false;
    },
    async within(base) {
      const text = await readFile(join(base, '.gitignore'), 'utf8').catch(() => undefined);
      if (text === undefined) return rulesOf(rules);
      const matcher = ignore().add(text);
      return rulesOf([{ base, test: (path) => matcher.test(path) }, ...rules]);
    },
  };
}

/** The folders around `folder` that belong to the same repository, outermost first. */
async function foldersAround(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) found.unshift(at);
    if (await exists(join(at, '.git'))) return found;
    if (dirname(at) === at) return [];
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
