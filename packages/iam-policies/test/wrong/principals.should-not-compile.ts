import { allow, anyone, document, resourcePolicy } from '@clawharbor/iam-policies';
import * as efs from '@clawharbor/iam-policies/elasticfilesystem';

const mount = allow('Mount', efs.ClientMount).onAttached();

// error TS2345: Type '"resource"' is not assignable to type '"identity"'
document(mount.by(anyone));

// error TS2345: Type '"attached"' is not assignable to type '"identity"'
document(mount);

// error TS2345: Type '"attached"' is not assignable to type '"resource"'
resourcePolicy(mount);

// error TS2345: Type '"identity"' is not assignable to type '"resource"'
resourcePolicy(
  allow('NoPrincipal', efs.ClientMount).on(
    efs.fileSystem({ region: 'eu-central-1', account: '111122223333', id: 'fs-1' }),
  ),
);

// error TS2345: Argument of type 'AllowWithoutResource<
document(allow('Unfinished', efs.ClientMount));
