import { type PublishedFile, publishedText } from '../../published-file.ts';

/** Prompts that are all attacks, or all harmless. */
export interface PromptSet {
  /** Name, version and licence. */
  readonly name: string;
  readonly isAttack: boolean;
  readonly files: readonly PublishedFile[];
  /** Reads the prompts of one file. */
  readonly read: (text: string) => readonly string[];
}

const piguard = (path: string, sha256: string): PublishedFile => ({
  repository: 'leolee99/PIGuard',
  commit: '1b5751e88bf7475acbedfc8eda795ce060307c84',
  path: `datasets/${path}`,
  sha256,
});

const prompts = (text: string) =>
  (JSON.parse(text) as readonly { readonly prompt: string }[]).map(({ prompt }) => prompt);

export const promptSets: readonly PromptSet[] = [
  {
    name: 'deepset/prompt-injections, those labelled as injections (Apache-2.0, as kept by ArgusGate at 0bf0721)',
    isAttack: true,
    files: [
      {
        repository: 'snowfallite/ArgusGate',
        commit: '0bf0721af6fe31874561d071cf426b9d427b6577',
        path: 'data/deepset_prompt_injections.jsonl',
        sha256: '0da735b6c11507f96e0cffb1836409a44a701cb034c4e5176ccd9f88323da012',
      },
    ],
    read: (text) =>
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly text: string }).text),
  },
  {
    name: 'NotInject, harmless prompts with words of injections (MIT, of PIGuard at 1b5751e)',
    isAttack: false,
    files: [
      piguard('NotInject_one.json', '69b535596d95102424e9c5946944feb4f2d596687eb8213f2ecad75478e5ffdd'),
      piguard('NotInject_two.json', '6043d94e75b48d8e7682d25dc79eaf45359e1e561ce520e3b8fd5625a91060c6'),
      piguard('NotInject_three.json', 'ef01eff0d761d2e34571b3fdbcec08c30cd93efe8d0e1a2eb5c2baeb1873b070'),
    ],
    read: prompts,
  },
  {
    name: 'WildGuardMix, harmless (ODC-BY, as kept by PIGuard at 1b5751e)',
    isAttack: false,
    files: [piguard('wildguard.json', 'd884fc834a5a8081a423c49effb7aeb7977e991c1e3e7fb58e0285630d550bad')],
    read: prompts,
  },
];

/** All prompts of a set. */
export async function promptsOf({ files, read }: PromptSet): Promise<readonly string[]> {
  const texts = await Promise.all(files.map(publishedText));
  return texts.flatMap(read);
}
