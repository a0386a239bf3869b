// Runs in the subject's own process.
import type { InferenceSubject, ModelPlaces, SubjectModule } from './subject.ts';

let subject: InferenceSubject;

/** Loads a model and makes its first vector; how long loading took, in milliseconds. */
export async function load(module: string, places: ModelPlaces, threads: number): Promise<number> {
  const { open } = (await import(module)) as SubjectModule;
  const begin = performance.now();
  subject = await open(places, threads);
  const loadMs = performance.now() - begin;
  await subject.embed(['the first text']);
  return loadMs;
}

/** How many texts a second it embeds, a list after the other. */
export async function round(batches: readonly (readonly string[])[], ms: number): Promise<number> {
  const begin = performance.now();
  let texts = 0;
  for (const batch of batches) {
    texts += (await subject.embed(batch)).length;
    if (performance.now() - begin > ms) break;
  }
  return (1000 * texts) / (performance.now() - begin);
}

export async function vector(text: string): Promise<readonly number[]> {
  return Array.from((await subject.embed([text]))[0] ?? []);
}
