import { join } from 'node:path';
import * as z from 'zod';
import { Assertions } from './assertion/assertions.ts';
import { RequestGuard } from './assertion/request-guard.ts';
import { PluginError } from './errors.ts';
import { Admission } from './people/admission.ts';
import { peopleVariable } from './people/people-file.ts';
import type { OpenClawApi } from './openclaw-api.ts';
import { pluginConfigSchema, pluginId, type PluginConfig } from './plugin-config.ts';
import { signInRoute } from './sign-in/route.ts';
import { signOutCommand } from './sign-out/command.ts';
import { signOutRoute } from './sign-out/route.ts';
import { SignedOut } from './sign-out/signed-out.ts';

/** What OpenClaw loads. https://docs.openclaw.ai/plugins/sdk-entrypoints */
export default {
  id: pluginId,
  name: 'Clawharbor',
  description: 'Signing out of a pod, and who is out of it.',
  /** @throws PluginError `PLUGIN_CONFIG_INVALID`: OpenClaw then has no such plugin, and lets in nobody whose role needs it */
  register(api: OpenClawApi): void {
    const config = pluginConfigSchema.safeParse(api.pluginConfig ?? {});
    if (!config.success) {
      const where = `plugins.entries.${pluginId}.config`;
      throw new PluginError('PLUGIN_CONFIG_INVALID', `${where}: ${z.prettifyError(config.error)}`);
    }
    const { assertions, people, signIn, signOut } = config.data;
    const signedOut = signOut && new SignedOut(signedOutFile(), api.logger.warn);
    if (signOut !== undefined) {
      api.registerHttpRoute(signOutRoute(signOut, signedOut));
      api.registerCommand(signOutCommand(signOut));
    }
    const guard =
      assertions === undefined
        ? undefined
        : new RequestGuard(new Assertions(assertions, api.logger.warn), api.logger.warn, signedOut);
    if (guard !== undefined) {
      api.registerService({
        id: 'clawharbor-assertions',
        start: () => {
          signedOut?.start();
          guard.start();
        },
        stop: () => guard.stop(),
      });
    }
    if (guard !== undefined && signIn !== undefined) api.registerHttpRoute(signInRoute(signIn));
    if (people !== undefined) bindAccess(api, people, guard);
  },
};

/** With the state, which a replacement has as well. */
function signedOutFile(): string | undefined {
  const state = process.env['OPENCLAW_STATE_DIR'];
  return state === undefined ? undefined : join(state, 'clawharbor', 'signed-out.json');
}

/** From 2026.9.6 on; releases before it let a plugin decide about nobody. */
function bindAccess(
  api: OpenClawApi,
  { staleSeconds, roles }: NonNullable<PluginConfig['people']>,
  guard: RequestGuard | undefined,
): void {
  const directory = process.env[peopleVariable];
  if (directory === undefined) {
    throw new PluginError('PLUGIN_CONFIG_INVALID', `there is no ${peopleVariable} in the environment`);
  }
  const admission = new Admission({ directory, staleSeconds, roles, tell: api.logger.warn });
  api.registerService({
    id: 'clawharbor-people',
    start: () => admission.start(),
    stop: () => admission.stop(),
  });
  api.registerGatewayAccessPolicy?.({
    authorize({ profile }) {
      if (guard?.isOn === false) {
        throw new PluginError('ASSERTION_REFUSED', 'nobody is let in before requests are judged');
      }
      return admission.authorize(profile);
    },
  });
}
