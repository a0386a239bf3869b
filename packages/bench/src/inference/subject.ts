/** A model that is loaded, and embeds until its process ends. */
export interface InferenceSubject {
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** What a subject is loaded from: one file of ours, and a folder with an ONNX file of the same weights. */
export interface ModelPlaces {
  readonly arrow: string;
  readonly onnx: string;
}

export interface SubjectModule {
  open(places: ModelPlaces, threads: number): Promise<InferenceSubject>;
}
