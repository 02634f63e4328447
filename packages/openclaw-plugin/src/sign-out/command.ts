import type { ChatCommand } from '../openclaw-api.ts';
import { signOutPath, type SignOutConfig } from './route.ts';

/** `/logout` in a chat: a link, because a chat cannot end a session of the browser. */
export function signOutCommand({ origins }: SignOutConfig): ChatCommand {
  return {
    name: 'logout',
    description: 'Sign out of this pod in this browser',
    handler: () => ({ text: `[Sign out of this pod](${origins[0]}${signOutPath})` }),
  };
}
