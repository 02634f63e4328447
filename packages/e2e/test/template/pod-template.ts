/** A small template in the forms that CloudFormation's reference gives, for what the finders look for. */
export const podTemplate = {
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    PublicA: subnet('eu-central-1a', '10.0.0.0/24'),
    PublicB: subnet('eu-central-1b', '10.0.1.0/24'),
    PrivateA: subnet('eu-central-1a', '10.0.2.0/24'),
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Name: 'pod', Subnets: [{ Ref: 'PublicA' }, { Ref: 'PublicB' }] },
    },
    Https: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 443,
        Protocol: 'HTTPS',
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      },
    },
    Login: {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ListenerArn: { Ref: 'Https' },
        Priority: 1,
        Conditions: [],
        Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Targets' } }],
      },
    },
    Targets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { Port: 5173, Protocol: 'HTTP' },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore', { Ref: 'Shared' }],
        Policies: [{ PolicyName: 'inline', PolicyDocument: policy('inline:Action') }],
      },
    },
    Attached: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'attached',
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: policy('attached:Action'),
      },
    },
    Foreign: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'foreign', Roles: ['somebody'], PolicyDocument: policy('foreign:Action') },
    },
    Shared: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: policy('shared:Action') } },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateData: {
          ImageId: 'ami-1',
          InstanceType: 't4g.medium',
          UserData: { 'Fn::Base64': { 'Fn::Sub': '#!/bin/bash\necho ${AWS::Region}' } },
          IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } },
          MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        },
      },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: '1',
        MaxSize: '1',
        HealthCheckType: 'ELB',
        HealthCheckGracePeriod: 60,
        TargetGroupARNs: [{ Ref: 'Targets' }],
        VPCZoneIdentifier: [{ Ref: 'PrivateA' }],
        Tags: [{ Key: 'pod', Value: 'team', PropagateAtLaunch: true }],
        LifecycleHookSpecificationList: [
          {
            LifecycleHookName: 'ready',
            LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
            HeartbeatTimeout: 900,
          },
        ],
      },
    },
    Drain: {
      Type: 'AWS::AutoScaling::LifecycleHook',
      Properties: {
        AutoScalingGroupName: { Ref: 'Group' },
        LifecycleHookName: 'drain',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        DefaultResult: 'CONTINUE',
      },
    },
    Pool: { Type: 'AWS::Cognito::UserPool', Properties: { UsernameAttributes: ['email'] } },
    Client: {
      Type: 'AWS::Cognito::UserPoolClient',
      Properties: { UserPoolId: { Ref: 'Pool' }, GenerateSecret: true },
    },
    Domain: {
      Type: 'AWS::Cognito::UserPoolDomain',
      Properties: { UserPoolId: { Ref: 'Pool' }, Domain: 'team' },
    },
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'pod/keys', KmsKeyId: { Ref: 'Key' }, SecretString: '{}' },
    },
    Made: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        GenerateSecretString: {
          SecretStringTemplate: '{"user":"me"}',
          GenerateStringKey: 'password',
          PasswordLength: 40,
          ExcludePunctuation: true,
        },
      },
    },
    Spec: {
      Type: 'AWS::SSM::Parameter',
      Properties: {
        Name: '/team/spec',
        Type: 'String',
        Value: { 'Fn::Sub': '{"apiVersion":"clawharbor/v1","region":"${AWS::Region}"}' },
      },
    },
    Other: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/team/other', Type: 'String', Value: 'x' } },
    Record: {
      Type: 'AWS::Route53::RecordSet',
      Properties: {
        Name: 'team.example.com.',
        Type: 'A',
        AliasTarget: { DNSName: { 'Fn::GetAtt': ['Balancer', 'DNSName'] } },
      },
    },
  },
};

function subnet(zone: string, block: string) {
  return {
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: { Ref: 'Vpc' }, AvailabilityZone: zone, CidrBlock: block },
  };
}

function policy(action: string) {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
}
