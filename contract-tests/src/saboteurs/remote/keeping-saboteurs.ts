import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Saboteur } from '../saboteur.ts';
import type { FaultSabotage } from './fault-sabotage.ts';
import { hopeful } from './in-calls.ts';
import { remoteSubject } from './remote-subject.ts';
import { slowDisk } from './slow-disk.ts';

/** Mistakes that lose what was acknowledged. */
export function keepingSaboteurs<A extends AnyAdapter>({
  plan,
  reference,
  write,
}: Pick<FaultSabotage<A>, 'plan' | 'reference' | 'write'>): readonly Saboteur<A>[] {
  const id = (name: string) => `${plan.contract}.faults.${name}`;
  const mutations = Object.keys(reference.methods).filter(
    (method) => reference.methods[method] === 'mutation',
  );
  const lost = 'acknowledged writes to be there';
  return [
    {
      id: 'acknowledges-what-was-cut',
      breaks: 'Answers a write as applied though its connection broke before',
      caughtBy: [{ check: id('cut-loses-nothing'), message: 'to be there' }],
      sabotage: hopeful(reference, write),
      onlyNamed: true,
    },
    {
      id: 'acknowledges-what-it-has-not-kept',
      breaks: 'A service that answers before a write is on its disk',
      caughtBy: [{ check: id('kill-loses-nothing'), message: lost }],
      sabotage: () => remoteSubject(reference, { service: slowDisk(mutations, ['kill']) }),
      onlyNamed: true,
    },
    {
      id: 'forgets-at-a-restart',
      breaks: 'A service that does not write what it has in memory when it is restarted',
      caughtBy: [{ check: id('restart-loses-nothing'), message: lost }],
      sabotage: () => remoteSubject(reference, { service: slowDisk(mutations, ['restart', 'kill']) }),
      onlyNamed: true,
    },
  ];
}
