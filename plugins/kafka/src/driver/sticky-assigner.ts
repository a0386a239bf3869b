import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { shareOut } from './share-out.ts';

const name = 'aiwork-sticky';
const version = 1;

/**
 * Leaves partitions with who has them, as far as all get their share. What moves is worked on twice, so as little as
 * possible is to move; kafkajs itself deals all partitions anew.
 */
export function stickyAssigner(topic: string, owned: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(owned().join(',')),
      }),
    }),
    async assign({ members }) {
      const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const had = new Map(
        members.map(({ memberId, memberMetadata }) => [memberId, ownedIn(memberMetadata)] as const),
      );
      return Array.from(shareOut(partitions, had), ([memberId, mine]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [...mine] },
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function ownedIn(memberMetadata: Buffer): readonly number[] {
  const text = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '';
  return text === '' ? [] : text.split(',').map(Number);
}
