import type { Observation } from '../conditions.ts';
import { disksOf, isFull, leastMegabytes, leastRoom, type Room } from '../disk-room.ts';
import type { Step } from './step.ts';

/** Says whether the gateway has room to write: it answers "ready" when it has none, and lets nobody in. */
export const measureRoom: Step = {
  name: 'measure-room',
  phase: 'activate',
  plan: async () => [],
  async apply({ host }) {
    const room = await leastRoom(disksOf(host.layout));
    return { changes: [], conditions: room === undefined ? [] : [conditionOf(room)] };
  },
};

function conditionOf(room: Room): Observation {
  const { directory, megabytes } = room;
  if (!isFull(room)) {
    const message = `The disk of ${directory} has at least ${leastMegabytes} MB of room.`;
    return { type: 'DiskRoom', status: 'True', reason: 'Enough', message };
  }
  const message = `The disk of ${directory} has ${megabytes} MB of room: once there is none, OpenClaw answers that it is ready and closes every connection. Make room (du --one-file-system --max-depth=3 /var names what is large), or give the pod a larger disk (machine.rootVolumeGiB); once there is room, the gateway is started again.`;
  return { type: 'DiskRoom', status: 'False', reason: 'Full', message };
}
