import type { Host } from '../host/host.ts';
import { peopleKnown } from '../people/known.ts';
import { peopleUnit, peopleUnitName } from '../people/people-unit.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { clawharborPlugin } from '../plugin/directory.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/** So long at most is waited for the first list: a gateway that starts takes longer. */
const firstSeconds = 15;

/**
 * Starts the unit that keeps the list of people, before the gateway that reads it. A list that does not come holds up nothing:
 * the gateway lets nobody in without one, and the report says so.
 */
export const keepPeople: Step = {
  name: 'keep-people',
  phase: 'activate',
  async plan({ host, spec }) {
    const login = loginOf(host, spec);
    if (login === undefined) return [];
    const isPrepared = await new PeopleFiles(host.layout).isPrepared();
    const runs = await isKept(host, spec, login);
    return [
      ...(isPrepared ? [] : [`create ${host.layout.people}`]),
      ...(runs ? [] : [`start ${peopleUnitName}`]),
    ];
  },
  async apply(context) {
    const { host, spec } = context;
    const login = loginOf(host, spec);
    if (login === undefined) return { changes: [], skipped: 'the spec has no login' };
    const files = new PeopleFiles(host.layout);
    const changes = (await files.prepare()) ? [`create ${host.layout.people}`] : [];
    if (!(await isKept(host, spec, login))) {
      const { units } = host;
      await units.install(peopleUnit(host, spec, login));
      await units.setSecretEnvironment(peopleUnitName, {});
      const { status } = await units.state(peopleUnitName);
      const verb = ['active', 'starting', 'restarting'].includes(status) ? 'restart' : 'start';
      await units[verb](peopleUnitName);
      changes.push(`${verb} ${peopleUnitName}`);
      await untilListed(context, files);
    }
    await files.remember();
    return { changes, ...(await seen(host, files)) };
  },
};

type Login = NonNullable<PodSpec['login']>;

function loginOf({ layout }: Host, spec: PodSpec): Login | undefined {
  return clawharborPlugin(spec, layout) === undefined ? undefined : spec.login;
}

async function isKept(host: Host, spec: PodSpec, login: Login): Promise<boolean> {
  const { status } = await host.units.state(peopleUnitName);
  return status === 'active' && (await host.units.matches(peopleUnit(host, spec, login)));
}

async function untilListed({ host, signal }: StepContext, files: PeopleFiles): Promise<void> {
  const from = host.now().getTime();
  const until = host.elapsed() + firstSeconds * 1000;
  while (host.elapsed() < until && !signal.aborted) {
    if (((await files.read())?.checkedAt ?? 0) >= from) return;
    await host.sleep(200, signal).catch(() => {});
  }
}

async function seen(host: Host, files: PeopleFiles): Promise<Pick<StepResult, 'conditions' | 'warnings'>> {
  const condition = peopleKnown(await files.read(), host.now());
  const warnings = [{ code: 'PEOPLE_NOT_READ', message: condition.message } as const];
  return { conditions: [condition], ...(condition.status === 'True' ? {} : { warnings }) };
}
