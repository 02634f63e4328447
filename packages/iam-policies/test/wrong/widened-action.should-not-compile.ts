import { allow, type Action, type AllowWithoutResource, type AnyAction } from '@clawharbor/iam-policies';
import * as s3 from '@clawharbor/iam-policies/s3';

const object = s3.object({ bucket: 'assets', key: '*' });
const some: AnyAction = s3.GetObject;

// error TS2349: Type 'Refused<string, "accepts resources: use on() or unscoped(reason)">' has no call signatures
allow('EveryObject', some).onAll();

// error TS2349: Type 'Refused<string, "accepts resources: use on() or unscoped(reason)">' has no call signatures
allow('OneIsUnknown', s3.ListAllMyBuckets, some).onAll();

// error TS2349: Type 'Refused<string, "may be any of these: give one action of the catalogue at a time">' has no call signatures
allow('OneObject', some).on(object);

// error TS2345: 'Refused<string, "accepts none of these resources">'
allow('OneIsUnknownToo', s3.GetObject, some).on(object);

// error TS2345: Argument of type '"s3:authTyp"' is not assignable to parameter of type
allow('AnyKey', some).unscoped('a test').when('s3:authTyp', 'Null', true);

// error TS2322: is not assignable to type
const accepting: Action<string, 's3:object' | '*'> = s3.GetObject;
allow('AsIfUnscoped', accepting).onAll();

// error TS2322: Types of property 'on' are incompatible
const unfinished: AllowWithoutResource<AnyAction> = allow('Unfinished', s3.GetObject);
unfinished.unscoped('a test');
