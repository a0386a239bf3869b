/** A box to be placed, and where it goes: the middle of its top edge is at `x`, `y`. */
export interface Placed {
  readonly x: number;
  readonly y: number;
}

/** A point on a line. */
export type Point = readonly [x: number, y: number];

export interface LayoutOptions {
  /** In an order in which each box stands behind those that lines lead from. */
  readonly boxes: readonly string[];
  readonly lines: readonly { readonly from: string; readonly to: string }[];
  readonly boxWidth: number;
  readonly boxHeight: number;
  readonly gapX: number;
  readonly gapY: number;
  /** Boxes side by side; more of one layer go on in the next row. */
  readonly boxesInRow: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly placed: ReadonlyMap<string, Placed>;
  /** For each line, the points it passes, from the bottom of one box to the top of the other. */
  readonly routes: readonly (readonly Point[])[];
}

/** A box, or a place in a row where lines pass through. */
interface Cell {
  readonly box: string | undefined;
  readonly width: number;
  readonly row: number;
  readonly up: Cell[];
  readonly down: Cell[];
  x: number;
}

const laneWidth = 10;
const orderingSweeps = 12;
const placingSweeps = 16;

/**
 * Layout in layers after K. Sugiyama, S. Tagawa and M. Toda, "Methods for Visual Understanding of Hierarchical System
 * Structures" (1981): rows by longest path, lanes for lines that pass rows, order by barycentres, then positions as near
 * to their neighbours' as order and gaps allow. Lines that leave one box together share a lane, and so do lines that
 * enter one, which keeps a wide fan-out readable. Takes time about linear in rows passed by lines.
 */
export function layOutLayers(options: LayoutOptions): Layout {
  const { boxWidth, boxHeight, gapX, gapY } = options;
  const { rows, paths, cells } = makeRows(options, rowsOf(options));
  orderRows(rows);
  placeCells(rows, gapX);

  const all = rows.flat();
  const left = Math.min(...all.map((cell) => cell.x - cell.width / 2));
  const right = Math.max(...all.map((cell) => cell.x + cell.width / 2));
  const pitch = boxHeight + gapY;
  const placed = new Map<string, Placed>();
  for (const [id, cell] of cells) placed.set(id, { x: cell.x - left, y: cell.row * pitch });
  const routes = paths.map((path) =>
    path.flatMap((cell, i): Point[] => {
      const x = cell.x - left;
      const top: Point = [x, cell.row * pitch];
      const bottom: Point = [x, cell.row * pitch + boxHeight];
      if (i === 0) return [bottom];
      return i === path.length - 1 ? [top] : [top, bottom];
    }),
  );
  return { width: Math.max(right - left, boxWidth), height: rows.length * pitch - gapY, placed, routes };
}

/** The row of each box: behind all it depends on; boxes of a layer too wide for one row go on in the next. */
function rowsOf({ boxes, lines, boxesInRow }: LayoutOptions): ReadonlyMap<string, number> {
  const layer = new Map(boxes.map((id) => [id, 0]));
  const into = groupBy(lines, ({ to }) => to);
  const outOf = groupBy(lines, ({ from }) => from);
  for (const id of boxes) {
    const above = (into.get(id) ?? []).map(({ from }) => layer.get(from) as number);
    layer.set(id, above.length === 0 ? 0 : Math.max(...above) + 1);
  }
  // A box that nothing leads to stands just above what needs it, not at the very top.
  for (const id of boxes.toReversed()) {
    const below = (outOf.get(id) ?? []).map(({ to }) => layer.get(to) as number);
    if (!into.has(id) && below.length > 0) layer.set(id, Math.min(...below) - 1);
  }
  const row = new Map<string, number>();
  let next = 0;
  const layers = groupBy(boxes, (id) => layer.get(id) as number);
  for (const index of [...layers.keys()].sort((a, b) => a - b)) {
    const ids = layers.get(index) as string[];
    const rowCount = Math.ceil(ids.length / boxesInRow);
    const perRow = Math.ceil(ids.length / rowCount);
    for (const [i, id] of ids.entries()) row.set(id, next + Math.floor(i / perRow));
    next += rowCount;
  }
  return row;
}

function makeRows({ boxes, lines, boxWidth }: LayoutOptions, rowOf: ReadonlyMap<string, number>) {
  const rows: Cell[][] = [];
  const add = (box: string | undefined, width: number, row: number): Cell => {
    const cell: Cell = { box, width, row, up: [], down: [], x: 0 };
    rows[row] ??= [];
    rows[row].push(cell);
    return cell;
  };
  const cells = new Map(boxes.map((id) => [id, add(id, boxWidth, rowOf.get(id) as number)]));
  const leaving = groupBy(lines, ({ from }) => from);
  const entering = groupBy(lines, ({ to }) => to);
  const lanes = new Map<string, Cell>();
  const paths = lines.map(({ from, to }) => {
    const shared =
      (leaving.get(from)?.length ?? 0) >= (entering.get(to)?.length ?? 0) ? `>${from}` : `<${to}`;
    const path = [cells.get(from) as Cell];
    for (let row = (rowOf.get(from) as number) + 1; row < (rowOf.get(to) as number); row++) {
      const key = `${row}${shared}`;
      const lane = lanes.get(key) ?? add(undefined, laneWidth, row);
      lanes.set(key, lane);
      path.push(lane);
    }
    path.push(cells.get(to) as Cell);
    for (const [i, cell] of path.entries()) {
      const below = path[i + 1];
      if (below && !cell.down.includes(below)) {
        cell.down.push(below);
        below.up.push(cell);
      }
    }
    return path;
  });
  return { rows, paths, cells };
}

/** Barycentre ordering, down and up in turns; the order with the fewest crossings is kept. */
function orderRows(rows: Cell[][]): void {
  const number = () => {
    for (const row of rows) for (const [i, cell] of row.entries()) cell.x = i;
  };
  number();
  let best = rows.map((row) => [...row]);
  let fewest = crossings(rows);
  for (let sweep = 0; sweep < orderingSweeps && fewest > 0; sweep++) {
    const downward = sweep % 2 === 0;
    for (const row of downward ? rows : rows.toReversed()) {
      const weight = new Map(row.map((cell) => [cell, mean(downward ? cell.up : cell.down) ?? cell.x]));
      row.sort((a, b) => (weight.get(a) as number) - (weight.get(b) as number));
      for (const [i, cell] of row.entries()) cell.x = i;
    }
    const count = crossings(rows);
    if (count < fewest) {
      fewest = count;
      best = rows.map((row) => [...row]);
    }
  }
  for (const [i, row] of best.entries()) rows[i] = row;
  number();
}

/** Counted as inversions with a Fenwick tree (W. Barth, P. Mutzel, M. Jünger, "Bilayer Cross Counting", 2004). */
function crossings(rows: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (const [i, row] of rows.entries()) {
    const size = rows[i + 1]?.length ?? 0;
    const tree = new Array<number>(size + 1).fill(0);
    let seen = 0;
    for (const cell of row) {
      const ends = cell.down.map((below) => below.x).sort((a, b) => a - b);
      for (const end of ends) {
        let upTo = 0;
        for (let at = end + 1; at > 0; at -= at & -at) upTo += tree[at] as number;
        count += seen - upTo;
      }
      for (const end of ends) {
        for (let at = end + 1; at <= size; at += at & -at) tree[at] = (tree[at] as number) + 1;
      }
      seen += ends.length;
    }
  }
  return count;
}

function placeCells(rows: readonly (readonly Cell[])[], gapX: number): void {
  for (const row of rows)
    settleRow(
      row,
      row.map(() => 0),
      gapX,
    );
  for (let sweep = 0; sweep < placingSweeps; sweep++) {
    const downward = sweep % 2 === 0;
    for (const row of downward ? rows : rows.toReversed()) {
      const both = sweep >= placingSweeps - 4;
      const wanted = row.map((cell) => {
        const near = both ? [...cell.up, ...cell.down] : downward ? cell.up : cell.down;
        return mean(near) ?? cell.x;
      });
      settleRow(row, wanted, gapX);
    }
  }
}

/**
 * Positions with the least squared distance to those wanted that keep order and gaps: isotonic regression by pooling
 * adjacent violators (M. Ayer et al., 1955), after subtracting the gaps. Lanes weigh more, so that long lines are straight.
 */
function settleRow(row: readonly Cell[], wanted: readonly number[], gapX: number): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const [i, cell] of row.entries()) {
    const before = row[i - 1];
    if (before) {
      const gap = before.box === undefined && cell.box === undefined ? 0 : gapX;
      offset += before.width / 2 + gap + cell.width / 2;
    }
    offsets.push(offset);
  }
  const pools: { value: number; weight: number; count: number }[] = [];
  for (const [i, cell] of row.entries()) {
    const weight = cell.box === undefined ? 4 : 1;
    let pool = { value: (wanted[i] as number) - (offsets[i] as number), weight, count: 1 };
    for (let last = pools.at(-1); last && last.value >= pool.value; last = pools.at(-1)) {
      pools.pop();
      const total = last.weight + pool.weight;
      pool = {
        value: (last.value * last.weight + pool.value * pool.weight) / total,
        weight: total,
        count: last.count + pool.count,
      };
    }
    pools.push(pool);
  }
  let i = 0;
  for (const { value, count } of pools) {
    for (let n = 0; n < count; n++, i++) (row[i] as Cell).x = value + (offsets[i] as number);
  }
}

const mean = (cells: readonly Cell[]) =>
  cells.length === 0 ? undefined : cells.reduce((sum, cell) => sum + cell.x, 0) / cells.length;

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
