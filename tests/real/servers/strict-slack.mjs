// What Slack does and the emulator does not: PKCE is checked and stands in for the client secret, a token that is unknown or
// revoked is 200 with ok:false, auth.revoke exists.
import { reply } from './gate.mjs';
import { seed } from './emulate-seed.mjs';

const app = seed.slack.oauth_apps[0];

export const strict = {
  authorize: '/oauth/v2/authorize',
  consent: '/oauth/v2/authorize/callback',
  token: '/api/oauth.v2.access',
  revoke: '/api/auth.revoke',

  rejects: () => reply(200, { ok: false, error: 'invalid_code' }),

  // The gate has checked the verifier: a public client needs no secret.
  pushes(form) {
    if (!form.has('client_secret') && form.get('client_id') === app.client_id) form.set('client_secret', app.client_secret);
    return form;
  },

  grants(form, grant, gate) {
    const account = grant.authed_user?.id;
    // Someone who asks for user scopes only gets no bot token.
    if (gate.ledger.asking(form.get('code'))?.user_scope && !gate.ledger.asking(form.get('code')).scope) {
      for (const field of ['access_token', 'token_type', 'scope', 'bot_user_id']) delete grant[field];
    }
    for (const part of [grant, grant.authed_user ?? {}]) {
      if (part.access_token) gate.ledger.issued(part.access_token, { account, scopes: (part.scope ?? '').split(',') });
    }
    return grant;
  },

  revokes(ask, gate) {
    const token = /^Bearer (.+)$/i.exec(ask.headers.authorization ?? '')?.[1] ?? new URLSearchParams(ask.body).get('token');
    const revoked = gate.ledger.drop(token);
    gate.control.note('revoked', { revoked });
    return revoked ? reply(200, { ok: true, revoked }) : reply(200, { ok: false, error: 'invalid_auth' });
  },

  // Only a bot's token has a bot.
  shows(url, token, answer) {
    if (url.pathname !== '/api/auth.test' || !token?.startsWith('xoxp-')) return answer;
    const { bot_id: _, ...who } = JSON.parse(answer.body);
    return { ...answer, body: JSON.stringify(who) };
  },

  refuses: (_url, known) => (known ? null : reply(200, { ok: false, error: 'invalid_auth' })),
};
