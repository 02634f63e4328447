import { Token } from 'aws-cdk-lib';
import { InfraError } from './errors.ts';

/** What a pod was deployed as: facts that no deployment can change and keep the pod. */
export type FixedFacts = Readonly<Record<keyof typeof waysTo, string>>;

const anew =
  'delete the stack and deploy it again with retainedFrom and without deployedAs, which brings back state, people, secret and key; see docs/changes.md';
const same = 'leave the prop as it was: what it named holds the pod together; see docs/changes.md';

/** Fact → the way to what was wanted. */
export const waysTo = {
  name: 'deploy a second pod and move the state by a backup; see docs/backups.md',
  domainPrefix:
    'delete the domain first (aws cognito-idp delete-user-pool-domain), deploy, and tell people that the login page has moved',
  internetFacing: anew,
  network: anew,
  fileSystem: same,
  userPool: same,
  secret: same,
  key: same,
} as const;

/** As it stands in `deployedAs`. */
export function deployedAs(facts: FixedFacts): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** Whether a text is one of {@link deployedAs}, of this or of another release. */
export function isDeployedAs(text: string): boolean {
  return /^\w+=\S*(?: \w+=\S*)*$/.test(text);
}

/**
 * @param before what `deployedAs` said of the pod that runs. A fact that it does not name is not compared.
 * @throws InfraError `FIXED_PROP_CHANGED`; the message names each fact and the way to what was wanted
 */
export function refuseFixedChanges(before: string, facts: FixedFacts): void {
  const known = new Map(
    before.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const names = Object.keys(waysTo) as (keyof typeof waysTo)[];
  const changed = names.filter(
    // What only the deployment knows, such as the account in a domain, is for the deployment to compare.
    (name) => known.has(name) && known.get(name) !== facts[name] && !Token.isUnresolved(facts[name]),
  );
  if (changed.length === 0) return;
  throw new InfraError(
    'FIXED_PROP_CHANGED',
    changed
      .map(
        (name) =>
          `${name}: the pod was deployed with ${known.get(name)}, and is to have ${facts[name]}: ${waysTo[name]}.`,
      )
      .join('\n'),
  );
}
