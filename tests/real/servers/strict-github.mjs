// What GitHub does and the emulator does not: PKCE is checked, every request names its program, a dead token is 401, the scopes
// of a token are in a header, a token is withdrawn with the client's own credentials.
import { reply } from './gate.mjs';
import { seed } from './emulate-seed.mjs';

const app = seed.github.oauth_apps[0];
const nameless = (ask) => (ask.headers['user-agent'] ? null : reply(403, { message: 'Request forbidden by administrative rules.' }));

export const strict = {
  authorize: '/login/oauth/authorize',
  consent: '/login/oauth/callback',
  token: '/login/oauth/access_token',
  revoke: `/applications/${app.client_id}/token`,

  // Without this header GitHub answers with a form.
  checks: (ask) => nameless(ask) ?? (/json/.test(ask.headers.accept ?? '') ? null : reply(200, 'access_token=gho_form')),

  rejects: () => reply(200, { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' }),

  pushes: (form) => form,

  grants(form, grant, gate) {
    if (!grant.access_token) return grant;
    const scopes = grant.scope.split(/[ ,]+/);
    gate.ledger.issued(grant.access_token, { account: gate.ledger.asking(form.get('code')).account, scopes });
    return { ...grant, scope: scopes.join(',') };
  },

  revokes(ask, gate) {
    const basic = `Basic ${Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64')}`;
    if (ask.method !== 'DELETE' || ask.headers.authorization !== basic) return reply(404, { message: 'Not Found' });
    const { access_token: token } = JSON.parse(ask.body);
    const entry = gate.ledger.of(token);
    if (!entry) return reply(422, { message: 'Validation Failed' });
    gate.control.note('revoked', { revoked: gate.ledger.revokeAccount(entry.account) });
    return { status: 204, headers: {}, body: '' };
  },

  refuses: (_url, known) => (known ? null : reply(401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' })),

  shows(_url, token, answer, gate) {
    const scopes = gate.ledger.of(token)?.scopes.join(', ') ?? '';
    return { ...answer, headers: { ...answer.headers, 'x-oauth-scopes': scopes } };
  },
};
