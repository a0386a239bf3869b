/** Finds the nearest by cosine; vectors are named by their place. */
export interface VectorSearch {
  search(vector: Float32Array, topK: number): readonly number[] | Promise<readonly number[]>;
}

export interface VectorSubject {
  index(vectors: readonly Float32Array[]): Promise<VectorSearch> | VectorSearch;
}
