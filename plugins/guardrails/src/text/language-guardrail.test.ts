import { eld } from 'eld/small';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { languageGuardrail } from './language-guardrail.ts';

function detect(text: string): string | undefined {
  const found = eld.detect(text);
  return found.isReliable() ? found.language : undefined;
}
const english = languageGuardrail({ name: 'English', languages: ['en'], detect });

const inEnglish = 'The committee will meet again on Thursday to look at the remaining questions.';
const inFrench = 'Le comité se réunira de nouveau jeudi pour examiner les questions restantes.';

describe('languageGuardrail', () => {
  it('passes what is in a language it is given, and what is too short to tell', async () => {
    expect(await checkText(english, inEnglish)).toEqual({ action: 'pass' });
    expect(await checkText(english, 'Oui, bien sûr.')).toEqual({ action: 'pass' });
  });

  it('says where a paragraph in another language is', async () => {
    expect(await checkText(english, `${inEnglish}\n\n${inFrench}\n`)).toEqual({
      action: 'retry',
      feedback: 'the paragraph at line 3, column 1 is in "fr": write en',
    });
  });

  it('finds it behind much text, and in a long paragraph', async () => {
    const text = `${`${inEnglish} `.repeat(100)}${`${inFrench} `.repeat(100)}`;
    expect(await checkText(english, text)).toMatchObject({ action: 'retry' });
  });

  it('says nothing of a text that is still coming', async () => {
    const { signal } = new AbortController();
    expect(await english.check({ text: inFrench, final: false }, { signal })).toEqual({ action: 'pass' });
  });

  it('blocks when the language cannot be told, repeating nothing', async () => {
    const broken = languageGuardrail({
      name: 'b',
      languages: ['en'],
      detect: (text) => {
        throw new TypeError(text);
      },
    });
    expect(await checkText(broken, inEnglish)).toEqual({
      action: 'block',
      reason: 'telling the language failed with TypeError',
    });
  });

  it('refuses to have no languages, and no detector', () => {
    expect(() => languageGuardrail({ name: 'l', languages: [], detect })).toThrow('has no languages');
    expect(() => languageGuardrail({ name: 'l', languages: ['en'], detect: undefined as never })).toThrow(
      'give `detect` a function',
    );
  });
});
