import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more each, wherever they are. */
const long =
  /\/(?:contract|kill-matrix|schemathesis|snippets|bench|minilm|export-flow\.airflow-\d)\.test\.ts$/;

/**
 * Begins with the files that take longest. Vitest goes by what it measured the last time, which a fresh clone does not know,
 * and then one of them may begin when all others are over.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
