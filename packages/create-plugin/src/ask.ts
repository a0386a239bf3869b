import { cancel, select, text } from '@clack/prompts';
import { type ContractId, contractIds, contracts } from './contracts.ts';
import { problemOfName } from './plugin-name.ts';

/** The user gave no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export async function askName(): Promise<string> {
  const answer = await text({
    message: 'Name of the package',
    placeholder: 'my-plugin',
    defaultValue: 'my-plugin',
    validate: (name) => (name ? problemOfName(name) : undefined),
  });
  return answered(answer);
}

export async function askContract(): Promise<ContractId> {
  const answer = await select<ContractId>({
    message: 'What its adapter implements',
    options: contractIds.map((value) => ({
      value,
      label: contracts[value].adapter,
      hint: contracts[value].about,
    })),
  });
  return answered<ContractId>(answer);
}

function answered<T extends string>(answer: T | symbol): T {
  if (typeof answer !== 'symbol') return answer;
  cancel('Nothing was written.');
  throw new NoAnswer();
}
