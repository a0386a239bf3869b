import { isBlankUnit } from '../text/blank.ts';

/** A place in a text that names where whoever shows the text may go, or load from. In UTF-16 units. */
export interface LinkTarget {
  readonly start: number;
  readonly end: number;
}

/** No place that is meant to be gone to is longer; nor is a value of an attribute looked at that is. */
export const longestTarget = 2_000;
const longestValue = longestTarget;
const attribute = String.raw`\b(?:src|(?:image)?srcset|href|action|formaction|data|poster|background|cite|ping)\s{0,16}=\s{0,16}`;
const quoted = new RegExp(`${attribute}(?:"([^"]{0,${longestValue}})|'([^']{0,${longestValue}}))`, 'dgi');
const openQuoted = new RegExp(
  `${attribute}(?:"[^"]{0,${longestValue - 1}}|'[^']{0,${longestValue - 1}})$`,
  'i',
);
/** Attributes with several targets, and what is between those. */
const isList = /^(?:(?:image)?srcset|ping)/i;
const listed = /[^\s,]+/g;
/** What stands before a target in Markdown, CSS and HTML. */
const opener = String.raw`\]\(\s{0,16}<?|\]:\s{0,16}<?|\burl(?:\(|\s{0,16}=)\s{0,16}["']?|@import\s{1,16}["']?|${attribute}`;
const openers = new RegExp(opener, 'gi');
const opened = new RegExp(`(?:${opener})$`, 'i');
/** How long what stands before a target may be. */
const longestOpener = 64;
/** What is made a link by its form alone. */
const absolute = /(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]{0,30}:[\\/]{2}|www\.)/gi;
const beginning = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}(?::[\\/]?)?$/i;

/** What Markdown and browsers end a target at. */
const isEnd = (unit: number) => (unit < 0x80 ? asciiEnd[unit] === 1 : isBlankUnit(unit));
const asciiEnd = Uint8Array.from({ length: 0x80 }, (_, unit) =>
  Number(isBlankUnit(unit) || '<>"\'`'.includes(String.fromCharCode(unit))),
);

/** `@import` */
const longestSign = 7;

/** Where links and images of a text go to: in HTML, Markdown and CSS, and in what is taken for a link by its form. */
export function* linkTargets(text: string, from: number): Generator<LinkTarget> {
  const context = Math.max(0, from - longestOpener);
  if (text.includes('=', context)) yield* quotedTargets(text, context);
  let seen = 0;
  // Few words have any of what makes a link.
  const sign = /[:(=]|www\.|@import/gi;
  sign.lastIndex = context;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    const at = found.index;
    const starts = at < seen ? [] : [startOfRun(text, at, Math.max(seen, context))];
    for (const start of [...starts, nextRun(text, sign.lastIndex)]) {
      if (start < seen) continue;
      seen = endOfRun(text, start) + 1;
      yield* targetsIn(text.slice(start, seen - 1), start, text);
    }
    // In a run that was looked at, only a sign at its end may open another.
    sign.lastIndex = Math.max(sign.lastIndex, seen - longestSign - 1);
  }
}

function* quotedTargets(text: string, from: number): Generator<LinkTarget> {
  for (const { 0: found, indices } of text.slice(from).matchAll(quoted)) {
    const [start, end] = indices?.[1] ?? indices?.[2] ?? [0, 0];
    const target = { start: from + start, end: from + end };
    if (end > start && !isList.test(found)) yield target;
    else yield* listedTargets(text, target);
  }
}

function* listedTargets(text: string, { start, end }: LinkTarget): Generator<LinkTarget> {
  for (const { index, 0: found } of text.slice(start, end).matchAll(listed))
    yield { start: start + index, end: start + index + found.length };
}

/** Where the next run begins, if nothing but blanks is before it that may stand in an opener. */
function nextRun(text: string, from: number): number {
  let at = from;
  while (
    at - from < longestOpener &&
    (isBlankUnit(text.charCodeAt(at)) || '<"\''.includes(text.charAt(at) || ' '))
  )
    at += 1;
  return at === from ? -1 : at;
}

function endOfRun(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isEnd(text.charCodeAt(end))) end += 1;
  return end;
}

/** All that holds a target by itself has one of these. */
const signs = /\][(:]|url|@import|=|:[\\/]{2}|www\./i;

function* targetsIn(run: string, at: number, text: string): Generator<LinkTarget> {
  const opened = isOpened(text, at);
  if (!opened && !signs.test(run)) return;
  const long = run.length > longestTarget ? [...longTargets(run, opened)] : [];
  for (const { start, end } of long) yield { start: at + start, end: at + end };
  const done = long.at(-1)?.end ?? 0;
  for (const { start, end } of shortTargets(run.slice(done), opened && done === 0))
    yield { start: at + done + start, end: at + done + end };
}

/** Those at the beginning of a run that are too long: what is in them is a part of them, and not looked at. */
function* longTargets(run: string, opened: boolean): Generator<LinkTarget> {
  const next = [nextMatch(openers, run, 'after'), nextMatch(absolute, run, 'at')];
  let start = opened ? 0 : Math.min(...next.map((of) => of(0)));
  while (run.length - start > longestTarget) {
    const end = endOfTarget(run, start);
    if (end - start <= longestTarget) return;
    yield { start, end };
    start = Math.min(...next.map((of) => of(end)));
  }
}

/** Where targets begin after or at what a pattern matches, asked from left to right: one pass over the run for all. */
function nextMatch(pattern: RegExp, run: string, place: 'after' | 'at'): (from: number) => number {
  const matches = run.matchAll(pattern);
  let known = -1;
  return (from) => {
    while (known < from) {
      const { value: match } = matches.next();
      known = match ? match.index + (place === 'after' ? match[0].length : 0) : Infinity;
    }
    return known;
  };
}

const parentheses = { open: '('.charCodeAt(0), close: ')'.charCodeAt(0) } as const;

function endOfTarget(run: string, start: number): number {
  let depth = 0;
  for (let end = start; end < run.length; end += 1) {
    const unit = run.charCodeAt(end);
    if (unit === parentheses.open) depth += 1;
    else if (unit === parentheses.close) depth -= 1;
    if (depth < 0) return end;
  }
  return run.length;
}

function* shortTargets(run: string, opened: boolean): Generator<LinkTarget> {
  const markup = placesOf(openers, run, 'after');
  const links = others(placesOf(absolute, run, 'at'), opened ? [0, ...markup] : markup);
  const starts = opened ? [...markup, 0] : markup;
  const end = endsOf(run, starts, links);
  for (const start of starts) {
    const reached = end(start);
    if (reached > start) yield { start, end: reached };
  }
  for (const start of links) yield { start, end: withoutPunctuation(run, end(start)) };
}

/** After or at what a pattern matches. For each of many short runs `matchAll` would make a pattern of its own. */
function placesOf(pattern: RegExp, run: string, place: 'after' | 'at'): readonly number[] {
  const places: number[] = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(run); found; found = pattern.exec(run))
    places.push(place === 'after' ? pattern.lastIndex : found.index);
  return places;
}

/** Those of some places that are not among others, both from left to right. */
function others(places: readonly number[], among: readonly number[]): readonly number[] {
  let next = 0;
  return places.filter((place) => {
    while ((among[next] ?? Infinity) < place) next += 1;
    return among[next] !== place;
  });
}

/** Whether what makes a target of a run stands before it. */
function isOpened(text: string, at: number): boolean {
  let last = at - 1;
  while (last >= 0 && at - last < longestOpener && isBlankUnit(text.charCodeAt(last))) last -= 1;
  // All openers end with one of these.
  return (
    '(:=<"\''.includes(text.charAt(last) || ' ') &&
    opened.test(text.slice(Math.max(0, at - longestOpener), at))
  );
}

/** With so few targets, one look at the run for each is the fastest. */
const few = 4;

/** Where targets end: at a parenthesis that they did not open themselves. */
function endsOf(run: string, starts: readonly number[], links: readonly number[]): (start: number) => number {
  if (starts.length + links.length <= few) return (start) => endOfTarget(run, start);
  const wanted = new Set([...starts, ...links]);
  const ends = new Map<number, number>();
  const closing: number[] = [];
  for (let at = run.length; at >= 0 && wanted.size > ends.size; at -= 1) {
    if (run[at] === ')') closing.push(at);
    if (run[at] === '(') closing.pop();
    if (wanted.has(at)) ends.set(at, closing.at(-1) ?? run.length);
  }
  return (start) => ends.get(start) ?? run.length;
}

/** What ends a sentence is no part of a link in it. */
function withoutPunctuation(run: string, end: number): number {
  let last = end;
  while (last > 0 && '.,;:!?*_~]}'.includes(run.charAt(last - 1))) last -= 1;
  return last;
}

/** Where the first target begins, at `from` or later, that is not over at the end of the text. */
export function openTarget(text: string, from: number): number {
  const tailStart = Math.max(0, text.length - longestValue - longestOpener);
  const value = openQuoted.exec(text.slice(tailStart));
  const valueStart = value ? tailStart + value.index + value[0].search(/["']/) + 1 : text.length;
  const runStart = startOfRun(text, text.length, Math.max(0, from - longestOpener));
  return Math.min(valueStart, openInRun(text, runStart, from));
}

/** Where the run begins that goes on at `at`, no earlier than `least`. */
function startOfRun(text: string, at: number, least: number): number {
  let start = at;
  while (start > least && !isEnd(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function openInRun(text: string, start: number, from: number): number {
  const run = text.slice(start);
  if (run === '') return text.length;
  const least = Math.max(0, from - start);
  const begun = beginning.exec(run.slice(-longestOpener));
  const starts = [
    isOpened(text, start) && least === 0 ? 0 : Infinity,
    nextMatch(openers, run, 'after')(least),
    nextMatch(absolute, run, 'at')(least),
    begun ? run.length - begun[0].length : Infinity,
  ];
  return starts.reduce((first, at) => (at < least ? first : Math.min(first, start + at)), text.length);
}
