// What Linear does and the emulator does not: with PKCE no secret is needed, a dead token is an error of GraphQL, revoking ends
// the whole grant.
import { reply } from './gate.mjs';
import { seed } from './emulate-seed.mjs';

const app = seed.linear.oauth_apps[0];
const refusal = { message: 'Authentication required, not authenticated', extensions: { type: 'authentication error', code: 'AUTHENTICATION_ERROR', statusCode: 401, userPresentableMessage: 'You need to authenticate to access this operation.' } };

export const strict = {
  exact: true,
  authorize: '/oauth/authorize',
  consent: '/oauth/authorize/callback',
  token: '/oauth/token',
  revoke: '/oauth/revoke',

  rejects: () => reply(400, { error: 'invalid_grant', error_description: 'Authorization code is invalid.' }),

  // The gate has checked the verifier; later only the refresh token proves the public client.
  pushes(form) {
    if (!form.has('client_secret')) form.set('client_secret', app.client_secret);
    return form;
  },

  grants(form, grant, gate) {
    if (!grant.access_token) return grant;
    const account = gate.ledger.asking(form.get('code'))?.account ?? gate.ledger.of(form.get('refresh_token'))?.account;
    gate.ledger.issued(grant.access_token, { account, scopes: grant.scope.split(' '), lives: gate.ttl, refresh: grant.refresh_token });
    return { ...grant, expires_in: gate.says ?? gate.ttl };
  },

  revokes(ask, gate) {
    const form = new URLSearchParams(ask.body);
    const token = ['token', 'access_token', 'refresh_token'].map((name) => form.get(name)).find(Boolean) ?? /^Bearer (.+)$/.exec(ask.headers.authorization ?? '')?.[1];
    const entry = gate.ledger.of(token);
    if (!entry) return reply(400, { error: 'invalid_request', error_description: 'Token is not active' });
    gate.control.note('revoked', { revoked: gate.ledger.revokeAccount(entry.account) });
    return { status: 200, headers: {}, body: '' };
  },

  refuses: (_url, known) => (known ? null : reply(401, { errors: [refusal] })),
};
