/** A question whose answers a program checks. */
export interface CheckedTask {
  readonly id: string;
  readonly kind: 'arithmetic' | 'scheduling' | 'code';
  readonly question: string;
  /** Whether an answer is right. */
  isRight(answer: string): boolean | Promise<boolean>;
  /** What a simulated model may answer: right ones, of which there may be several, and wrong ones that come to mind. */
  readonly known: { readonly right: readonly string[]; readonly wrong: readonly string[] };
}

/** Refuses a task whose known answers are not what they are said to be: a simulation would measure nothing. */
export async function requireSound({ id, known, isRight }: CheckedTask): Promise<void> {
  if (known.right.length === 0 || known.wrong.length < 2) throw new Error(`${id} has too few known answers`);
  for (const answer of known.right) {
    if (!(await isRight(answer))) throw new Error(`${id}: ${JSON.stringify(answer)} is not right`);
  }
  for (const answer of known.wrong) {
    if (await isRight(answer)) throw new Error(`${id}: ${JSON.stringify(answer)} is not wrong`);
  }
}
