/** The largest numbers of those that were offered. */
export interface TopValues {
  /** The smallest of them; `-Infinity` until there are as many as are kept. */
  readonly least: number;
  offer(value: number): void;
}

/** A binary heap with the smallest on top. */
export function createTopValues(kept: number): TopValues {
  const heap: number[] = [];

  function swapUp(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) <= (heap[at] as number)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function swapDown(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let smallest = at;
      if (left < heap.length && (heap[left] as number) < (heap[smallest] as number)) smallest = left;
      if (right < heap.length && (heap[right] as number) < (heap[smallest] as number)) smallest = right;
      if (smallest === at) return;
      swap(at, smallest);
      at = smallest;
    }
  }

  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [heap[b] as number, heap[a] as number];
  }

  return {
    get least() {
      return heap.length === kept ? (heap[0] as number) : Number.NEGATIVE_INFINITY;
    },
    offer(value) {
      if (heap.length < kept) {
        heap.push(value);
        swapUp(heap.length - 1);
      } else if (value > (heap[0] as number)) {
        heap[0] = value;
        swapDown();
      }
    },
  };
}
