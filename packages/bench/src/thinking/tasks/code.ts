import type { CheckedTask } from './checked-task.ts';
import { type Case, passesTests } from './sandbox.ts';

interface CodeProblem {
  readonly what: string;
  readonly cases: readonly Case[];
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}

const problems: readonly CodeProblem[] = [
  {
    what: 'takes a list of numbers and returns the largest sum of adjacent elements, of at least one of them',
    cases: [
      [[[1, -2, 3, 4, -1]], 7],
      [[[-3, -1, -2]], -1],
      [[[2]], 2],
    ],
    right: [
      '(a) => { let best = -Infinity, here = 0; for (const n of a) { here = Math.max(n, here + n); best = Math.max(best, here); } return best; }',
      '(a) => a.reduce(([best, here], n) => { const next = Math.max(n, here + n); return [Math.max(best, next), next]; }, [-Infinity, -Infinity])[0]',
    ],
    wrong: [
      '(a) => { let best = 0, here = 0; for (const n of a) { here = Math.max(0, here + n); best = Math.max(best, here); } return best; }',
      '(a) => a.filter((n) => n > 0).reduce((s, n) => s + n, 0)',
      '(a) => Math.max(...a)',
    ],
  },
  {
    what: 'takes a text and returns whether its brackets (), [] and {} are balanced',
    cases: [
      [['([]{})'], true],
      [['(]'], false],
      [[')('], false],
      [['(('], false],
      [[''], true],
    ],
    right: [
      '(s) => { const open = []; for (const c of s) { if ("([{".includes(c)) open.push(c); else if (")]}".includes(c) && "([{"[")]}".indexOf(c)] !== open.pop()) return false; } return open.length === 0; }',
    ],
    wrong: [
      '(s) => { let n = 0; for (const c of s) n += "([{".includes(c) ? 1 : ")]}".includes(c) ? -1 : 0; return n === 0; }',
      '(s) => { const open = []; for (const c of s) { if ("([{".includes(c)) open.push(c); else if (")]}".includes(c) && "([{"[")]}".indexOf(c)] !== open.pop()) return false; } return true; }',
      '(s) => s.length % 2 === 0',
    ],
  },
  {
    what: 'takes a whole number from 1 to 3999 and returns it as a Roman numeral',
    cases: [
      [[4], 'IV'],
      [[1994], 'MCMXCIV'],
      [[3], 'III'],
      [[40], 'XL'],
    ],
    right: [
      '(n) => [[1000,"M"],[900,"CM"],[500,"D"],[400,"CD"],[100,"C"],[90,"XC"],[50,"L"],[40,"XL"],[10,"X"],[9,"IX"],[5,"V"],[4,"IV"],[1,"I"]].reduce((s, [v, r]) => { while (n >= v) { s += r; n -= v; } return s; }, "")',
    ],
    wrong: [
      '(n) => [[1000,"M"],[500,"D"],[100,"C"],[50,"L"],[10,"X"],[5,"V"],[1,"I"]].reduce((s, [v, r]) => { while (n >= v) { s += r; n -= v; } return s; }, "")',
      '(n) => "I".repeat(n)',
      '(n) => [[1000,"M"],[900,"CM"],[500,"D"],[100,"C"],[90,"XC"],[50,"L"],[10,"X"],[9,"IX"],[5,"V"],[4,"IV"],[1,"I"]].reduce((s, [v, r]) => { while (n >= v) { s += r; n -= v; } return s; }, "")',
    ],
  },
  {
    what: 'takes a list of [start, end] intervals and returns them merged where they touch or overlap, in ascending order',
    cases: [
      [
        [
          [
            [1, 3],
            [2, 6],
            [8, 10],
          ],
        ],
        [
          [1, 6],
          [8, 10],
        ],
      ],
      [
        [
          [
            [5, 6],
            [1, 5],
          ],
        ],
        [[1, 6]],
      ],
      [
        [
          [
            [1, 9],
            [2, 3],
          ],
        ],
        [[1, 9]],
      ],
      [[[]], []],
    ],
    right: [
      '(v) => v.map((i) => [...i]).sort((a, b) => a[0] - b[0]).reduce((m, [s, e]) => { const l = m[m.length - 1]; if (l && s <= l[1]) l[1] = Math.max(l[1], e); else m.push([s, e]); return m; }, [])',
    ],
    wrong: [
      '(v) => v.map((i) => [...i]).reduce((m, [s, e]) => { const l = m[m.length - 1]; if (l && s <= l[1]) l[1] = Math.max(l[1], e); else m.push([s, e]); return m; }, [])',
      '(v) => v.map((i) => [...i]).sort((a, b) => a[0] - b[0]).reduce((m, [s, e]) => { const l = m[m.length - 1]; if (l && s <= l[1]) l[1] = e; else m.push([s, e]); return m; }, [])',
      '(v) => v.map((i) => [...i]).sort((a, b) => a[0] - b[0]).reduce((m, [s, e]) => { const l = m[m.length - 1]; if (l && s < l[1]) l[1] = Math.max(l[1], e); else m.push([s, e]); return m; }, [])',
    ],
  },
  {
    what: 'takes two texts and returns their edit distance (insertions, deletions and substitutions)',
    cases: [
      [['kitten', 'sitting'], 3],
      [['', 'abc'], 3],
      [['abc', 'abc'], 0],
      [['ab', 'ba'], 2],
    ],
    right: [
      '(a, b) => { let row = [...Array(b.length + 1).keys()]; for (let i = 1; i <= a.length; i++) { const next = [i]; for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)); row = next; } return row[b.length]; }',
    ],
    wrong: [
      '(a, b) => { let n = Math.abs(a.length - b.length); for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) n++; return n + (a[0] === b[1] ? 1 : 0); }',
      '(a, b) => { let row = [...Array(b.length + 1).keys()]; for (let i = 1; i <= a.length; i++) { const next = [i]; for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 2)); row = next; } return row[b.length]; }',
      '(a, b) => Math.abs(a.length - b.length)',
    ],
  },
  {
    what: 'takes a whole number n and returns the n-th prime number, the first being 2',
    cases: [
      [[1], 2],
      [[2], 3],
      [[5], 11],
      [[10], 29],
    ],
    right: [
      '(n) => { const p = []; for (let c = 2; p.length < n; c++) if (p.every((q) => c % q !== 0)) p.push(c); return p[n - 1]; }',
      '(n) => { let c = 1; while (n > 0) { c++; let ok = true; for (let d = 2; d * d <= c; d++) if (c % d === 0) ok = false; if (ok) n--; } return c; }',
    ],
    wrong: [
      '(n) => { const p = []; for (let c = 1; p.length < n; c++) if (p.every((q) => q === 1 || c % q !== 0)) p.push(c); return p[n - 1]; }',
      '(n) => { let c = 1; while (n > 0) { c++; let ok = true; for (let d = 2; d * d < c; d++) if (c % d === 0) ok = false; if (ok) n--; } return c; }',
      '(n) => 2 * n + 1',
    ],
  },
];

/** Functions to write, in one line. Code that is equal in what it does need not be equal in text. */
export function codeTasks(): readonly CheckedTask[] {
  return problems.map(({ what, cases, right, wrong }, i) => {
    const verdicts = new Map<string, Promise<boolean>>();
    return {
      id: `code-${i + 1}`,
      kind: 'code',
      question: `Write a JavaScript arrow function that ${what}. Give it in one line, without a fence.`,
      isRight(answer) {
        const verdict = verdicts.get(answer) ?? passesTests(answer.replace(/^`+|`+$/g, ''), cases);
        verdicts.set(answer, verdict);
        return verdict;
      },
      known: { right, wrong },
    };
  });
}
