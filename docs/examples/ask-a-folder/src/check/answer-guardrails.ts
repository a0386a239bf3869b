import type { Guardrail, Verdict } from '@aiwork/core';
import { customGuardrail } from '@aiwork/guardrails';
import type { Source, Statement } from '../answer/answer.ts';
import { noAnswer } from '../answer/ask-model.ts';
import { contentWords } from '../retrieve/words.ts';
import { secretsGuardrail } from './secrets.ts';

/** Most characters an answer may have. */
const longest = 2000;
/** The part of a statement's words that its sources have to hold. The rest is what joins them. */
const supported = 0.6;

type Parse = (text: string) => readonly Statement[];

/** What every answer has to pass, whoever wrote it. Each guardrail is shown the answer as text; `parse` finds its statements. */
export function answerGuardrails(sources: readonly Source[], parse: Parse): Guardrail[] {
  const words = new Map(sources.map((source) => [source.number, wordsOf(source)]));
  return [
    secretsGuardrail(),
    check('length', (text) => {
      if (text.trim() === '') return 'The answer is empty.';
      if (text.length > longest) return `The answer has ${text.length} characters: give at most ${longest}.`;
      return undefined;
    }),
    check('cited', (text) => firstProblem(parse(text), (statement) => citationProblem(statement, words))),
    check('supported', (text) => firstProblem(parse(text), (statement) => supportProblem(statement, words))),
  ];
}

function check(name: string, problemWith: (text: string) => string | undefined): Guardrail {
  return customGuardrail({
    name,
    check({ text }): Verdict {
      const problem = text.trim() === noAnswer ? undefined : problemWith(text);
      return problem === undefined ? { action: 'pass' } : { action: 'retry', feedback: problem };
    },
  });
}

function firstProblem(
  statements: readonly Statement[],
  problemWith: (statement: Statement) => string | undefined,
): string | undefined {
  for (const statement of statements) {
    const problem = problemWith(statement);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type SourceWords = ReadonlyMap<number, ReadonlySet<string>>;

function wordsOf({ passage }: Source): ReadonlySet<string> {
  return new Set(
    contentWords(
      [
        passage.path.replace(/[/_.-]+/g, ' '),
        ...passage.headings,
        ...passage.blocks.map(({ text }) => text),
      ].join('\n'),
    ),
  );
}

function citationProblem({ text, cites }: Statement, words: SourceWords): string | undefined {
  if (cites.length === 0) return `This sentence cites no passage: “${text}”`;
  const unknown = cites.find((number) => !words.has(number));
  if (unknown === undefined) return undefined;
  return `This sentence cites [${unknown}], and there is no such passage: “${text}”`;
}

function supportProblem({ text, cites }: Statement, words: SourceWords): string | undefined {
  const said = contentWords(text);
  const backed = (word: string) => cites.some((number) => words.get(number)?.has(word));
  const missing = said.filter((word) => !backed(word));
  const invented = missing.filter((word) => /\d/.test(word));
  if (invented.length > 0) {
    return `The passages it cites do not hold ${invented.map((word) => `“${word}”`).join(', ')}: “${text}”`;
  }
  if (said.length === 0 || said.length - missing.length >= supported * said.length) return undefined;
  return `The passages it cites do not support this sentence (${said.length - missing.length} of its ${said.length} words are in them): “${text}”`;
}
