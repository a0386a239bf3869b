import type { Detector } from '../finding/detector.ts';
import { oneOf, refuse } from '../guardrail-options.ts';
import { checkedNumbers } from './checked-numbers.ts';

/** Checks the numbers of countries, as `stdnum` of the package of that name does. @since 0.1.0 */
export type NumberChecks = Readonly<
  Record<
    string,
    Readonly<Record<string, { validate(value: string): { readonly isValid: boolean } }>> | undefined
  >
>;

/** @since 0.1.0 */
export interface NationalIdsOptions {
  /** `stdnum` of the package `stdnum`, whose tables are larger than this package. */
  readonly stdnum: NumberChecks;
  /** Countries (ISO 3166-1) whose numbers are looked for. Default: all that are known here. */
  readonly countries?: readonly (keyof typeof forms)[];
}

/** What numbers that countries give to people look like, by the name `stdnum` has for them. */
const forms = {
  BE: { nn: /\b\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}\b/ },
  BR: { cpf: /\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b/ },
  CH: { ssn: /\b756\.?\d{4}\.?\d{4}\.?\d{2}\b/ },
  CN: { ric: /\b\d{17}[\dX]\b/i },
  CZ: { rc: /\b\d{6}\/?\d{3,4}\b/ },
  DE: { idnr: /\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b/, svnr: /\b\d{2} ?\d{6} ?[A-Z] ?\d{3}\b/i },
  DK: { cpr: /\b\d{6}[- ]?\d{4}\b/ },
  ES: { dni: /\b\d{8}[ -]?[A-Z]\b/i, nie: /\b[XYZ][ -]?\d{7}[ -]?[A-Z]\b/i },
  FI: { hetu: /\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b/i },
  FR: { nir: /\b[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}\b/i },
  GB: { nino: /\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/i },
  IN: { aadhaar: /\b[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}\b/, pan: /\b[A-Z]{5}\d{4}[A-Z]\b/i },
  IT: { codicefiscale: /\b[A-Z]{6} ?[\dL-NP-V]{2} ?[A-EHLMPRST][\dL-NP-V]{2} ?[A-Z][\dL-NP-V]{3}[A-Z]\b/i },
  KR: { rrn: /\b\d{6}-?\d{7}\b/ },
  MX: { curp: /\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d\b/i },
  NL: { bsn: /\b\d{4}[. ]?\d{2}[. ]?\d{3}\b/ },
  NO: { fodselsnummer: /\b\d{6} ?\d{5}\b/ },
  PL: { pesel: /\b\d{11}\b/ },
  PT: { nif: /\b[1-3]\d{2} ?\d{3} ?\d{3}\b/ },
  RO: { cnp: /\b\d{13}\b/ },
  SE: { personnummer: /\b(?:\d{2})?\d{6}[-+ ]?\d{4}\b/ },
  TR: { tckimlik: /\b\d{11}\b/ },
  US: { ssn: /\b\d{3}-\d{2}-\d{4}\b/ },
  ZA: { idnr: /\b\d{6} ?\d{4} ?\d{3}\b/ },
} as const satisfies Readonly<Record<string, Readonly<Record<string, RegExp>>>>;

const countriesOf = Object.keys(forms) as (keyof typeof forms)[];

/**
 * Detectors of the numbers that countries give to people, by their form and their check digits. Some have one check digit,
 * so that one in ten numbers of the same form is taken for one, and those of the United States have none: name the countries
 * that matter.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when a country is not known, or `stdnum` does not check its numbers.
 * @example
 * ```ts
 * import { nationalIds, personalDataGuardrail } from '@aiwork/guardrails';
 * import { stdnum } from 'stdnum';
 *
 * const hide = personalDataGuardrail({ name: 'hide', detectors: nationalIds({ stdnum, countries: ['ES', 'FI'] }) });
 * const { signal } = new AbortController();
 * console.log(await hide.check({ text: 'DNI 54362315-K', final: true }, { signal }));
 * // { action: 'redact', text: 'DNI [ES dni]', reason: 'replaced 1 of kind "ES dni"' }
 * ```
 * @since 0.1.0
 */
export function nationalIds({ stdnum, countries = countriesOf }: NationalIdsOptions): readonly Detector[] {
  return countries.flatMap((country) => {
    oneOf(country, countriesOf, 'countries', 'national ids');
    return Object.entries(forms[country]).map(([number, pattern]) => {
      const check = stdnum?.[country]?.[number];
      if (typeof check?.validate !== 'function')
        return refuse(`stdnum has no check of ${country} ${number}: give \`stdnum\` of the package stdnum`);
      return checkedNumbers({
        kind: `${country} ${number}`,
        pattern,
        isValid: (found) => check.validate(found).isValid,
      });
    });
  });
}
