import { allow, anyone, resourcePolicy } from '@clawharbor/iam-policies';
import { toInlinePolicy } from '@clawharbor/iam-policies/cdk';
import * as sns from '@clawharbor/iam-policies/sns';

const policy = resourcePolicy(allow('Publish', sns.Publish).onAttached('*').by(anyone));

// error TS2339: Property 'asManaged' does not exist on type 'ResourcePolicy'
policy.asManaged();

// error TS2739: Type 'ResourcePolicy' is missing the following properties from type 'PolicyDocument': asInline, asManaged
toInlinePolicy(policy);
