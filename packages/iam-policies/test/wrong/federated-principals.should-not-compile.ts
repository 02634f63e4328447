import { allow, oidcPrincipal, samlPrincipal } from '@clawharbor/iam-policies';
import * as iam from '@clawharbor/iam-policies/iam';
import * as sts from '@clawharbor/iam-policies/sts';

const saml = iam.samlProvider({ account: '111122223333', samlProviderName: 'Okta' });

// error TS2345: Argument of type 'Arn<"iam:saml-provider">' is not assignable to parameter of type
oidcPrincipal(saml);

// error TS2345: Argument of type '"token.actions.githubusercontent.com"' is not assignable to parameter of type
oidcPrincipal('token.actions.githubusercontent.com');

// error TS2345: Argument of type 'string' is not assignable to parameter of type
samlPrincipal('arn:aws:iam::111122223333:saml-provider/Okta');

// error TS2345: Argument of type '"saml:iss"' is not assignable to parameter of type
allow('Trust', sts.AssumeRoleWithWebIdentity).onAttached().when('saml:iss', 'StringEquals', 'x');
