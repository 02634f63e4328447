/** A CDK token, or a pseudo parameter of CloudFormation: its value is known after deployment. */
export const token = /\$\{(?:Token\[[^\]]*\]|AWS::[A-Za-z]+)\}/g;

/** What a text says already, without its tokens. */
export function withoutTokens(text: string): string {
  return text.replace(token, '');
}

/** The longest that AWS gives, and of Regions (`us-isof-south-1` has 15) somewhat more: there will be others. */
const partition = 'aws-us-gov'.length;
const region = 20;
const account = 12;
const stackName = 128;
const uuid = 36;

/** {@link https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html} */
const longest: ReadonlyMap<string, number> = new Map([
  ['Partition', partition],
  ['Region', region],
  ['AccountId', account],
  ['StackName', stackName],
  ['StackId', 'arn::cloudformation:::stack//'.length + partition + region + account + stackName + uuid],
  ['URLSuffix', 'amazonaws.com.cn'.length],
]);

/** An attribute of a resource. Nothing bounds it; an ARN of one is mostly shorter. */
const anyOther = 128;

/** The text with every token as long as its value may become. CDK writes `AWS::Region` as `Token[AWS.Region.7]`. */
export function atItsLongest(text: string): string {
  return text.replace(token, (found) => {
    const [, name] = /AWS(?:::|\.)([A-Za-z]+)/.exec(found) ?? [];
    return '.'.repeat(longest.get(name ?? '') ?? anyOther);
  });
}

/**
 * Sorts by text, and tokens by their numbers, the order in which CDK made them: that does not depend on how many
 * digits the numbers happen to have, which changes with every construct elsewhere in the app.
 */
export function compare(a: string, b: string): number {
  const [left, right] = [padded(a), padded(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function padded(text: string): string {
  return text.replace(token, (found) => found.replace(/\d+(?=\]\}$)/, (number) => number.padStart(9, '0')));
}
