import type { Condition } from '../conditions.ts';
import type { Host } from '../host/host.ts';
import { peopleUnit, peopleUnitName } from '../people/people-unit.ts';
import { staleSeconds } from '../people/stale.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { clawharborPlugin } from '../plugin/directory.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/** So long at most is waited for the first list: a gateway that starts takes longer. */
const firstSeconds = 15;

/** A list that is older has missed several looks. */
const lateSeconds = 60;

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
  const list = await files.read();
  const age = list === undefined ? undefined : Math.round((host.now().getTime() - list.checkedAt) / 1000);
  if (list !== undefined && age !== undefined && age <= lateSeconds) {
    const out = list.people.filter((person) => person.out !== undefined).length;
    const message = `${list.people.length - out} people of the user pool are in, ${out} are out.`;
    return { conditions: [{ type: 'PeopleKnown', status: 'True', reason: 'ListCurrent', message }] };
  }
  const how = age === undefined ? 'was never read' : `was last read ${age} s ago`;
  const message =
    `The user pool ${how}. Who is put out there stays in, and after ${staleSeconds} s nobody new gets in; nobody is thrown out. ` +
    `See the journal of ${peopleUnitName}.`;
  const condition: Condition = {
    type: 'PeopleKnown',
    status: 'False',
    reason: age === undefined ? 'NoList' : 'ListStale',
    message,
  };
  return { conditions: [condition], warnings: [{ code: 'PEOPLE_NOT_READ', message }] };
}
