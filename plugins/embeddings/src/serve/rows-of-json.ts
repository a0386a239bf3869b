import { setImmediate as nextTurn } from 'node:timers/promises';

/** After so many vectors others have a turn: to write numbers down takes long. */
const rowsOfTurn = 64;

/** Each vector as a list of JSON. */
export async function rowsOfJson(vectors: readonly Float32Array[]): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const vector of vectors) {
    if (rows.length % rowsOfTurn === rowsOfTurn - 1) await nextTurn();
    rows.push(JSON.stringify(Array.from(vector)));
  }
  return rows;
}
