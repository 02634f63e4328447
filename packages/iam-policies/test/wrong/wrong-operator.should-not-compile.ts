import { allow } from '@clawharbor/iam-policies';
import * as efs from '@clawharbor/iam-policies/elasticfilesystem';
import * as marketplace from '@clawharbor/iam-policies/aws-marketplace';

const mount = allow('Mount', efs.ClientMount).on(
  efs.fileSystem({ region: 'eu-central-1', account: '111122223333', id: 'fs-1' }),
);

// error TS2345: Argument of type '"StringEquals"' is not assignable to parameter of type 'OperatorFor<"Bool">'
mount.when('elasticfilesystem:AccessedViaMountTarget', 'StringEquals', 'true');

// error TS2345: Argument of type '"NumericLessThan"' is not assignable to parameter of type 'OperatorFor<"ARN">'
mount.when('elasticfilesystem:AccessPointArn', 'NumericLessThan', 3);

// error TS2345: Argument of type 'string' is not assignable to parameter of type 'boolean'
mount.when('elasticfilesystem:AccessedViaMountTarget', 'Bool', 'yes');

// error TS2345: Argument of type '"StringEquals"' is not assignable to parameter of type 'OperatorFor<"ArrayOfString">'
allow('ManyValues', marketplace.Subscribe)
  .onAll()
  .when('aws-marketplace:ProductId', 'StringEquals', 'prod-1');

// error TS2555: Expected at least 3 arguments, but got 2
mount.when('elasticfilesystem:AccessPointArn', 'ArnEquals');
