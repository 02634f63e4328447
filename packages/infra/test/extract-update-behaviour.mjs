// What CloudFormation replaces of the resources that a pod is made of. To make update-behaviour.json anew, beside the repository:
//   npm install @aws-cdk/aws-service-spec@0.1.216
//   node extract-update-behaviour.mjs TEMPLATE > update-behaviour.json
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (createOnlyProperties)
import { readFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

const database = loadAwsServiceSpecSync();
const { Resources } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const types = [...new Set(Object.values(Resources).map(({ Type }) => Type))].toSorted((a, b) =>
  a < b ? -1 : 1,
);
const behaviour = types.map((type) => {
  const [resource] = database.lookup('resource', 'cloudFormationType', 'equals', type);
  const properties = Object.entries(resource.properties).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const of = (...answers) =>
    properties
      .filter(([, { causesReplacement = 'no' }]) => answers.includes(causesReplacement))
      .map(([name]) => name);
  return [type, { replaced: of('yes', 'maybe'), updated: of('no') }];
});
process.stdout.write(
  `${JSON.stringify({ source: '@aws-cdk/aws-service-spec 0.1.216', read: '2026-11-30', types: Object.fromEntries(behaviour) })}\n`,
);
