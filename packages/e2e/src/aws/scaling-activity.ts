/** The history of a group: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html */
import type { GroupState, ScalingActivity } from './scaling-group.ts';

/** AWS keeps six weeks; the newest hundred serve the same purpose here. */
const kept = 100;

/** @returns its id */
export function startActivity(state: GroupState, activity: ScalingActivity): string {
  state.activities = [activity, ...state.activities].slice(0, kept);
  return activity.id;
}

export function updateActivity(state: GroupState, id: string, status: ScalingActivity['status']): void {
  const activity = unfinished(state, id);
  if (activity !== undefined) activity.status = status;
}

/** An activity ends once: what is told of it later does not rewrite it. */
export function endActivity(
  state: GroupState,
  id: string,
  status: 'Successful' | 'Failed' | 'Cancelled',
  endedAt: number,
  statusMessage?: string,
): void {
  const activity = unfinished(state, id);
  if (activity === undefined) return;
  activity.status = status;
  activity.endedAt = endedAt;
  if (statusMessage !== undefined) activity.statusMessage = statusMessage;
}

function unfinished(state: GroupState, id: string): ScalingActivity | undefined {
  return state.activities.find((activity) => activity.id === id && activity.endedAt === undefined);
}
