import { stdnum } from 'stdnum';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { nationalIds } from './national-ids.ts';
import { personalDataGuardrail } from './personal-data-guardrail.ts';

// Made up by chance, until the checks of stdnum agreed.
const valid = [
  ['BE nn', '82.11.03-344.07'],
  ['BR cpf', '156091.037-20'],
  ['CH ssn', '756.2395427570'],
  ['CN ric', '93065514091111000X'],
  ['CZ rc', '979722/568'],
  ['DE idnr', '60 007 509 588'],
  ['DE svnr', '45100456 N182'],
  ['DK cpr', '121292-5781'],
  ['ES dni', '50994065Y'],
  ['ES nie', 'Z2072005-D'],
  ['FI hetu', '051217-569M'],
  ['FR nir', '1 77 81 68 086 554 69'],
  ['GB nino', 'GE 63 33 38 B'],
  ['IN aadhaar', '2258 1893 1400'],
  ['IN pan', 'DCVCQ0027J'],
  ['IT codicefiscale', 'BFEEYMTLPNUZRN7S'],
  ['KR rrn', '240204-2285294'],
  ['MX curp', 'VDYI280614XCCZXYQ6'],
  ['NL bsn', '366736875'],
  ['NO fodselsnummer', '525164 02008'],
  ['PL pesel', '02032869695'],
  ['PT nif', '172 787416'],
  ['RO cnp', '5011215476953'],
  ['SE personnummer', '950983-7325'],
  ['TR tckimlik', '35946827206'],
  ['US ssn', '002-91-0342'],
  ['ZA idnr', '6406040711023'],
] as const;

describe('nationalIds', () => {
  const detectors = nationalIds({ stdnum });

  it('knows numbers of 24 countries', () => {
    expect(detectors.map(({ kind }) => kind)).toEqual(valid.map(([kind]) => kind));
  });

  it.each(valid)('finds a %s between words', (kind, id) => {
    const detector = detectors.find((each) => each.kind === kind);
    expect([...(detector?.find(`the number ${id}, it says`) ?? [])]).toEqual([
      { start: 11, end: 11 + id.length },
    ]);
  });

  it.each(valid)('takes no %s for one with another digit', (kind, id) => {
    const detector = detectors.find((each) => each.kind === kind);
    const at = id.search(/\d(?=\D*\d)/);
    const changed = ['1', '3', '5', '7', '9'].map((digit) => id.slice(0, at) + digit + id.slice(at + 1));
    const found = changed.filter((text) => text !== id && [...(detector?.find(text) ?? [])].length > 0);
    // Two have no check digits: those of the United States, and, of digits, the British and the Indian tax number.
    const unchecked = ['US ssn', 'GB nino', 'IN pan'].includes(kind);
    expect(found.length).toBeLessThan(unchecked ? 6 : 3);
  });

  it('looks at streams', async () => {
    const hide = personalDataGuardrail({
      name: 'hide',
      detectors: nationalIds({ stdnum, countries: ['ES'] }),
    });
    expect(hide.streaming).toBeDefined();
    expect(await checkText(hide, 'DNI 50994065Y')).toMatchObject({ text: 'DNI [ES dni]' });
  });

  it('refuses countries that nobody knows, and checks that are not there', () => {
    expect(() => nationalIds({ stdnum, countries: ['XX' as never] })).toThrow(
      'countries of guardrail "national ids" is "XX"',
    );
    expect(() => nationalIds({ stdnum: {}, countries: ['ES'] })).toThrow('stdnum has no check of ES dni');
  });
});
