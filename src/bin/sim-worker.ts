import { messageOf } from '../core/errors.js';
import { startFleetNodes } from '../sim/fleet-nodes.js';
import type { WorkerReport, WorkerTask } from '../sim/fleet-processes.js';

// One process of `pipefleet sim`: it starts the nodes that it is told, and ends when its parent lets go of it or is gone.
// Ctrl-C reaches it too, and is the parent's to act on.
process.on('SIGINT', () => undefined);

async function work({ plan, positions }: WorkerTask): Promise<WorkerReport> {
  try {
    const { members } = await startFleetNodes(plan, positions);
    return {
      members: members.map(({ name, site, host, port, hostKey }) => ({ name, site, host, port, hostKey })),
    };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

process.once('message', (task) => {
  void work(task as WorkerTask).then((report) => process.send?.(report));
});
process.once('disconnect', () => process.exit());
