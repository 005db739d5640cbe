// What Google does and the emulator does not: unknown, expired and revoked tokens are 401, a missing scope 403, a refresh
// token comes only with access_type=offline and only at the first consent or with prompt=consent, revoking ends the whole grant.
import { reply } from './gate.mjs';

const needs = [
  [/^\/calendar\//, /calendar/],
  [/^\/gmail\//, /gmail|mail\.google/],
  [/^\/drive\//, /drive/],
];

const apiError = (code, status, message, reason) => reply(code, { error: { code, message, status, errors: [{ domain: 'global', reason, message }] } });

export const strict = {
  authorize: '/o/oauth2/v2/auth',
  consent: '/o/oauth2/v2/auth/callback',
  token: '/oauth2/token',
  revoke: '/oauth2/revoke',

  rejects: () => reply(400, { error: 'invalid_grant', error_description: 'Bad Request' }),

  pushes: (form) => form,

  grants(form, grant, gate) {
    if (!grant.access_token) return grant;
    const asked = gate.ledger.asking(form.get('code'));
    const before = gate.ledger.of(form.get('refresh_token'));
    const account = asked?.account ?? before?.account;
    const scopes = grant.scope.split(' ');
    const offline = asked && asked.access_type === 'offline' && (gate.ledger.firstTime(asked) || asked.prompt === 'consent');
    if (!offline) delete grant.refresh_token;
    gate.ledger.issued(grant.access_token, { account, scopes, lives: gate.ttl, refresh: grant.refresh_token });
    gate.control.secret(grant.id_token);
    return { ...grant, expires_in: gate.says ?? gate.ttl };
  },

  async revokes(ask, gate) {
    const token = new URLSearchParams(ask.body || ask.url.search).get('token');
    const entry = gate.ledger.of(token);
    if (!entry) return reply(400, { error: 'invalid_token', error_description: 'Token expired or revoked' });
    gate.ledger.revokeAccount(entry.account);
    gate.control.note('revoked', { account: entry.account });
    return gate.forward({ ...ask, body: `token=${token}` });
  },

  refuses(url, known) {
    if (!known) return apiError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.', 'authError');
    const need = needs.find(([path]) => path.test(url.pathname));
    if (need && !known.scopes.some((scope) => need[1].test(scope))) return apiError(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.', 'insufficientPermissions');
    return null;
  },
};
