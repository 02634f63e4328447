import { allow, type Arn } from '@clawharbor/iam-policies';
import * as s3 from '@clawharbor/iam-policies/s3';

// What is decided at run time: the compiler has to take every way for possible.
declare const either: boolean;

const bucket = s3.bucket({ name: 'assets' });
const object = s3.object({ bucket: 'assets', key: '*' });
const read = allow('Read', s3.GetObject, s3.ListBucket);

// error TS2345: 'Refused<"s3:GetObject" | "s3:ListBucket", "accepts none of these resources">'
read.on(either ? object : bucket);

declare const one: Arn<'s3:bucket' | 's3:object'>;
// error TS2345: 'Refused<"s3:GetObject" | "s3:ListBucket", "accepts none of these resources">'
read.on(one);

// error TS2345: 'Refused<"s3:ListBucket", "accepts none of these resources">'
read.on(object, ...([] as Arn<'s3:bucket'>[]));

// error TS2556: A spread argument must either have a tuple type
read.on(...(either ? ([object] as const) : ([bucket] as const)));

// error TS2349: Type 'Refused<"s3:GetObject" | "s3:ListBucket", "may be any of these: give one action of the catalogue at a time">' has no call signatures
allow('OneOfTwo', either ? s3.GetObject : s3.ListBucket).on(object, bucket);

// error TS2345: 'Refused<"s3:ListBucket", "accepts none of these resources">'
allow('PerhapsTwo', s3.GetObject, ...(either ? [s3.ListBucket] : [])).on(object, bucket);

// error TS2345: Argument of type '"s3:prefix"' is not assignable to parameter of type
allow('PerhapsKnown', s3.ListAllMyBuckets, ...(either ? [s3.ListBucket] : []))
  .unscoped('a test')
  .when('s3:prefix', 'StringEquals', 'a');

const reading = read.on(object, bucket);

// error TS2345: 'Refused<"aws:SecureTransport" | "aws:userid", "may be either: give one condition key">'
reading.when(either ? 'aws:SecureTransport' : 'aws:userid', 'StringEquals', 'x');

// error TS2345: 'Refused<"Null" | "StringEquals", "may be either: give one operator">'
reading.when('aws:userid', either ? 'Null' : 'StringEquals', 'x');
