import type { People } from '@clawharbor/openclaw-plugin/people';
import type { Observation } from '../conditions.ts';
import { peopleUnitName } from './people-unit.ts';
import { staleSeconds } from './stale.ts';

/** A list that is older has missed several looks. */
const lateSeconds = 60;

/** How far from now a list is dated, in seconds: one that is dated ahead is of a clock that was wrong, and may be of any age. */
export function ageOf({ checkedAt }: People, now: Date): number {
  return Math.abs(Math.round((now.getTime() - checkedAt) / 1000));
}

/** Whether a pod knows who is in it. Pure. @param list absent: there is none */
export function peopleKnown(list: People | undefined, now: Date): Observation {
  const age = list === undefined ? undefined : ageOf(list, now);
  if (list !== undefined && age !== undefined && age <= lateSeconds) {
    const out = list.people.filter((person) => person.out !== undefined).length;
    const message = `${list.people.length - out} people of the user pool are in, ${out} are out.`;
    return { type: 'PeopleKnown', status: 'True', reason: 'ListCurrent', message };
  }
  const how =
    age === undefined
      ? 'was never read'
      : `was last read ${age} s ${list !== undefined && list.checkedAt > now.getTime() ? 'from now, by a clock that was wrong' : 'ago'}`;
  const message =
    `The user pool ${how}. Who is put out there stays in, and after ${staleSeconds} s nobody new gets in; nobody is thrown out. ` +
    `See the journal of ${peopleUnitName}.`;
  return {
    type: 'PeopleKnown',
    status: 'False',
    reason: age === undefined ? 'NoList' : 'ListStale',
    message,
  };
}
