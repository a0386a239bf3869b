import type { Client } from '@aiwork/client';
import { idList } from '../../suggest.ts';
import { UsageError } from '../../usage-error.ts';

/**
 * The only flow that a server shows, or else the only unit.
 *
 * @throws `AIWORK_USAGE` listing what there is to choose from.
 */
export async function onlyServed(client: Client): Promise<string> {
  const flows = await client.flows();
  const units = flows.length > 0 ? flows : [...(await client.tasks()), ...(await client.agents())];
  const [first] = units;
  if (!first) throw new UsageError('the server shows nothing that could be run: may this token see it?');
  if (units.length === 1) return first.id;
  throw new UsageError(`the server has several to choose from: ${idList(units.map(({ id }) => id))}`, {
    hint: `choose one, as in --flow ${first.id}`,
  });
}
