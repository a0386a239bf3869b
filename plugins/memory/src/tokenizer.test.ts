import { stemmer } from '@orama/stemmers/german';
import { describe, expect, it } from 'vitest';
import { createMemory, loadMemory } from './local-memory.ts';
import { createTokenizer, type Stemmer, type TokenizerOptions } from './tokenizer.ts';

const { tokenize } = createTokenizer();

describe('tokenizer', () => {
  it.each([
    ['English', 'The Quick-Brown fox!', ['the', 'quick', 'brown', 'fox']],
    ['German', 'Straße, STRASSE, Über', ['strasse', 'strasse', 'uber']],
    ['French', 'L’été à Noël', ['l', 'ete', 'a', 'noel']],
    ['Spanish', '¿Mañana? ¡Sí!', ['manana', 'si']],
    ['Polish', 'Łódź', ['lodz']],
    ['Turkish', 'İstanbul IRMAK ırmak', ['istanbul', 'irmak', 'irmak']],
    ['Vietnamese', 'Tiếng Việt Đà', ['tieng', 'viet', 'da']],
    ['Russian', 'Ёлка и ёж', ['елка', 'и', 'еж']],
    ['Greek', 'ΟΔΟΣ οδός', ['οδοσ', 'οδοσ']],
    ['Hebrew', 'שלום, עולם', ['שלום', 'עולם']],
    ['Arabic', 'مرحبا بالعالم', ['مرحبا', 'بالعالم']],
    ['Korean', '안녕하세요 세계', ['안녕하세요', '세계']],
    ['Chinese', '我们喜欢学习中文。', ['我们', '喜欢', '学习', '中文']],
    ['Japanese', '東京でラーメンを食べる', ['東京', 'で', 'ラーメン', 'を', '食べる']],
    ['Thai', 'สวัสดีชาวโลก', ['สวัสดี', 'ชาว', 'โลก']],
  ])('cuts %s into words', (_language, text, terms) => {
    expect(tokenize(text)).toEqual(terms);
  });

  it('keeps the vowel signs of Indic scripts', () => {
    expect(tokenize('हिन्दी में')).toEqual(['हिन्दी', 'में']);
  });

  it('takes composed and decomposed letters for the same', () => {
    const { tokenize: exact } = createTokenizer({ diacritics: 'keep' });
    expect(exact('caf\u00e9')).toEqual(exact('cafe\u0301'));
  });

  it('keeps diacritics apart when asked to', () => {
    expect(createTokenizer({ diacritics: 'keep' }).tokenize('Café CAFE')).toEqual(['café', 'cafe']);
  });

  it('takes full-width and ligature forms for plain letters', () => {
    expect(tokenize('ＡＢＣ１２３ ﬁne')).toEqual(['abc123', 'fine']);
  });

  it('reads through soft hyphens and joiners', () => {
    expect(tokenize('co\u00adoperate می\u200cخواهم')).toEqual(['cooperate', 'میخواهم']);
  });

  it('ends a word at a zero width space', () => {
    expect(tokenize('é\u200bé')).toEqual(['e', 'e']);
  });

  it('splits a word where its script changes to one without spaces', () => {
    expect(tokenize('iPhone15を買う')).toEqual(['iphone15', 'を', '買う']);
  });

  it('finds letters outside the basic plane', () => {
    expect(tokenize('𐐔𐐯𐑅 𝐁𝐨𝐥𝐝')).toEqual(['𐐼𐐯𐑅', 'bold']);
  });

  it.each([
    ['nothing', ''],
    ['spaces', ' \t\n'],
    ['emoji', '😀👩‍👩‍👧‍👦🏴‍☠️'],
    ['unpaired surrogates', '\ud800 \udfff'],
    ['control characters', '\u0000\u0001\u007f'],
    ['punctuation', '—…«»'],
  ])('finds no term in %s', (_what, text) => {
    expect(tokenize(text)).toEqual([]);
  });

  it('gives the same terms to ASCII text whether or not other characters stand beside it', () => {
    const text = 'snake_case camelCase x86-64 3.14 don\u0027t';
    expect(tokenize(`${text} é`)).toEqual([...tokenize(text), 'e']);
  });

  it('names its rules, with the release of Unicode they depend on', () => {
    expect(createTokenizer().id).toContain(`unicode=${process.versions.unicode}`);
    expect(createTokenizer().id).not.toBe(createTokenizer({ diacritics: 'keep' }).id);
  });

  it('refuses an unknown way to treat diacritics', () => {
    // @ts-expect-error neither 'fold' nor 'keep'
    expect(() => createTokenizer({ diacritics: 'strip' })).toThrow(
      expect.objectContaining({
        code: 'AIWORK_INVALID_ARGUMENT',
        message: expect.stringContaining('"strip"'),
      }),
    );
  });
});

describe('a language', () => {
  const german = { id: 'snowball-german', stem: stemmer };

  it('brings forms of a word together, with the diacritics its rules know', () => {
    const { tokenize } = createTokenizer({ stemmer: german });
    const [plural] = tokenize('Häuser');
    expect(tokenize('das Haus')).toContain(plural);
    expect(createTokenizer({ stemmer: german, diacritics: 'keep' }).tokenize('schöne')).toEqual(['schon']);
  });

  it('leaves out its stop words as they are written, and not what only folds to one', () => {
    const { tokenize } = createTokenizer({ stopWords: ['Das', 'für'] });
    expect(tokenize('DAS ist FÜR dich, fur')).toEqual(['ist', 'dich', 'fur']);
  });

  it('has a name of its own, which says what it leaves out', () => {
    const id = (options: TokenizerOptions) => createTokenizer(options).id;
    expect(id({ stopWords: ['a', 'b'] })).toBe(id({ stopWords: new Set(['b', 'a']) }));
    expect(
      new Set([id({}), id({ stopWords: ['a'] }), id({ stopWords: ['b'] }), id({ stemmer: german })]).size,
    ).toBe(4);
  });

  it('has to be passed again when a snapshot is loaded', async () => {
    await using memory = createMemory({ tokenizer: createTokenizer({ stemmer: german }) });
    await memory.upsert([{ id: 'a', text: 'Häuser' }]);
    const snapshot = await memory.toSnapshot();
    await expect(loadMemory(snapshot)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    await using again = await loadMemory(snapshot, { tokenizer: createTokenizer({ stemmer: german }) });
    expect(await again.search({ text: 'Haus', topK: 1 })).toHaveLength(1);
  });

  it.each([
    [{ stemmer: {} as Stemmer }, 'stemmer is not one'],
    [{ stopWords: 'the' }, 'stopWords is "the"'],
  ])('is refused when it is none: %j', (options, message) => {
    expect(() => createTokenizer(options)).toThrow(message);
  });
});
