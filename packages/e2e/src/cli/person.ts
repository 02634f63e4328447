import { PodError } from '../pod/errors.ts';
import { personActions, type PersonAction } from '../pod/person-action.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { findPod, notRunning } from './which-pod.ts';

/** `clawharbor-local person <action> --email …`: what an administrator does in Cognito's console. */
export async function person(
  { dataDir, email, groups }: CommonOptions & { readonly email: string; readonly groups?: string },
  output: Output,
  action: string,
): Promise<void> {
  if (!personActions.includes(action as PersonAction)) {
    throw new PodError('USAGE', `person ${action}: choose one of ${personActions.join(', ')}`);
  }
  const pod = await findPod(dataDir);
  if (!pod?.running)
    throw await notRunning(dataDir, `person ${action}`, 'people are changed in a pod that runs');
  const wanted = groups?.split(',').filter((group) => group !== '') ?? [];
  const change = { action, username: email, groups: wanted };
  const done = await pod.running.call<{ sub: string; password?: string }>('person', change);
  output.event({ event: 'person', username: email, action: action as PersonAction, ...done });
}
