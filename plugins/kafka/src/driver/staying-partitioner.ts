import { type ICustomPartitioner, type Message, Partitioners } from 'kafkajs';

/**
 * By key as Java clients do it, others in turn. What is sent again goes where it went before: in another partition it
 * would be numbered as what was stored there already, acknowledged and thrown away.
 */
export const stayingPartitioner: ICustomPartitioner = () => {
  const choose = Partitioners.DefaultPartitioner();
  const chosen = new WeakMap<Message, number>();
  return (asked) => {
    const partition = chosen.get(asked.message) ?? choose(asked);
    chosen.set(asked.message, partition);
    return partition;
  };
};
