// oxlint-disable import/namespace -- the compiler is to find it
import { allow } from '@clawharbor/iam-policies';
import * as bedrock from '@clawharbor/iam-policies/bedrock';

// error TS2551: Property 'InvokeModle' does not exist
allow('Typo', bedrock.InvokeModle);

// error TS2345: Argument of type 'string' is not assignable to parameter of type 'AnyAction'
allow('NotOfTheCatalogue', 'bedrock:InvokeModel');
