// What Entra ID and Graph do and the emulator does not: a tenant in every address, a public client that must not send a secret,
// a refresh token only with offline_access (which the answer does not repeat), numbered errors, 401 for a dead token.
import { reply } from './gate.mjs';
import { seed } from './emulate-seed.mjs';

const app = seed.microsoft.oauth_clients[0];
const refuse = (status, error, number, words) => reply(status, { error, error_description: `AADSTS${number}: ${words}`, error_codes: [number], trace_id: 'x', correlation_id: 'y' });

export const strict = {
  exact: true,
  authorize: /^\/[\w.-]+\/oauth2\/v2\.0\/authorize$/,
  consent: '/oauth2/v2.0/authorize/callback',
  token: /^\/[\w.-]+\/oauth2\/v2\.0\/token$/,

  inner: (path) => path.replace(/^\/[\w.-]+(?=\/oauth2\/v2\.0\/(authorize|token)$)/, ''),

  checks(ask, form) {
    if (form.has('client_secret') || ask.headers.authorization) return refuse(401, 'invalid_client', 700025, 'Client is public so neither a client assertion nor a secret may be presented.');
    return null;
  },

  rejects: () => refuse(400, 'invalid_grant', 70008, 'The provided authorization code or refresh token has expired due to inactivity.'),

  pushes(form) {
    form.set('client_secret', app.client_secret);
    return form;
  },

  grants(form, grant, gate) {
    if (!grant.access_token) return { ...grant, error_codes: [70008] };
    const asked = gate.ledger.asking(form.get('code'));
    const account = asked?.account ?? gate.ledger.of(form.get('refresh_token'))?.account;
    const scopes = grant.scope.split(' ');
    if (!scopes.includes('offline_access')) delete grant.refresh_token;
    gate.ledger.issued(grant.access_token, { account, scopes, lives: gate.ttl, refresh: grant.refresh_token });
    gate.control.secret(grant.id_token);
    return { ...grant, scope: scopes.filter((scope) => scope !== 'offline_access').join(' '), expires_in: gate.says ?? gate.ttl, ext_expires_in: gate.ttl };
  },

  refuses: (_url, known) => (known ? null : reply(401, { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed, the token is expired.', innerError: {} } })),
};
