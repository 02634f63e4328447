import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * For what must outlive its stack: kept when the stack goes and when a change would replace it, but not when the very
 * deployment that made it is rolled back. A first deployment that fails leaves nothing behind.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export const retained = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
