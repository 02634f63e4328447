/** Who is in a pod, as its user pool says. */
export { keepPeople, lookSeconds, type KeepOptions } from './keep.ts';
export type { GroupsOfProvider } from './federated-groups.ts';
export { PeopleFiles } from './people-files.ts';
