/** Where this machine asks whether anybody could sign in. */
export const signInPath = '/clawharbor/sign-in';

/** What OpenClaw says to a sign-in in which all is right but the signature: its identity was taken from it, and nothing else. */
export const unsigned = 'trusted_proxy_user_missing';
