import { totalmem } from 'node:os';
import { ConfigRecords } from '../config/config-records.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { isPortFree } from '../host/port.ts';
import { configFile, gatewayUnit, gatewayUnitName, permanentFailure } from '../openclaw/gateway-unit.ts';
import type { UnitState } from '../host/unit.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { Step, StepContext } from './step.ts';

const portSeconds = 10;

/** Installs the unit, and starts it or restarts it if what only a restart can change has changed. */
export const startGateway: Step = {
  name: 'start-gateway',
  phase: 'activate',
  plan: async (context) => (await decide(context)).changes,
  async apply(context) {
    const { units } = context.host;
    const { changes, action } = await decide(context);
    if (action === 'none') return { changes };
    if (action === 'start') await refuseHopelessStart(context, changes);
    if (action === 'start') await untilPortFree(context);
    await units.install(unitOf(context));
    await units.setSecretEnvironment(gatewayUnitName, await context.secretEnvironment());
    await units[action](gatewayUnitName);
    return { changes };
  },
};

/** A predecessor on the same machine may still be on its way out. Anyone else stays. */
async function untilPortFree({ host, spec, signal }: StepContext): Promise<void> {
  const port = gatewayPort(spec);
  const deadline = host.now().getTime() + portSeconds * 1000;
  while (!(await isPortFree(port))) {
    if (host.now().getTime() >= deadline) {
      throw new BootstrapError(
        'PORT_TAKEN',
        `Port ${port} is in use by another program on this machine. End it, or set another gateway.port.`,
      );
    }
    await host.sleep(500, signal);
  }
}

/**
 * Exit code 78 is permanent: what the gateway refused to run with, it is not given again, until something has changed.
 * @throws BootstrapError `GATEWAY_CONFIG_REFUSED`
 */
async function refuseHopelessStart({ host, spec }: StepContext, changes: readonly string[]): Promise<void> {
  const { status, exitCode } = await host.units.state(gatewayUnitName);
  if (status !== 'failed' || exitCode !== permanentFailure || changes.length > 1) return;
  const config = await readIfPresent(configFile(host.layout));
  if (config === undefined) return;
  if (!(await new ConfigRecords(host).wasRefused(config, spec.openclaw.version))) return;
  throw new BootstrapError(
    'GATEWAY_CONFIG_REFUSED',
    `The gateway refused to run with ${configFile(host.layout)} (exit code ${permanentFailure}) and nothing has changed since. Its log says why; change the config or the spec.`,
  );
}

interface Decision {
  readonly changes: string[];
  readonly action: 'none' | 'start' | 'restart';
}

/** OpenClaw reloads its config by itself; it cannot reload its definition and its environment. */
async function decide(context: StepContext): Promise<Decision> {
  const { units } = context.host;
  const state = await units.state(gatewayUnitName);
  const changes: string[] = [];
  if (!(await units.matches(unitOf(context)))) changes.push('install the unit openclaw');
  if (!(await units.hasSecretEnvironment(gatewayUnitName, await context.secretEnvironment()))) {
    changes.push('set the secret environment of openclaw');
  }
  const action = actionFor(state.status, changes.length > 0);
  return { changes: action === 'none' ? changes : [...changes, `${action} openclaw`], action };
}

function actionFor(status: UnitState['status'], changed: boolean): Decision['action'] {
  const runs = status === 'active' || status === 'starting' || status === 'restarting';
  if (!runs) return 'start';
  return changed ? 'restart' : 'none';
}

function unitOf({ host, spec }: StepContext) {
  return gatewayUnit(host, spec, totalmem());
}
