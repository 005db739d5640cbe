// A certified OpenID provider (npm oidc-provider) on a free loopback port. Prints "READY issuer".
//   ACCESS_TTL  seconds an access token lives (60)      REFRESH_TTL  the same for a refresh token (3600)
//   AUTO=1      consents by itself as login_hint or alice: no page needs a click
//   PAR=1       authorization requests must be pushed    ROTATE=0     refresh tokens stay as they are
//   RESOURCE=1  there is a protected resource at /mcp, with tokens of its own
// Refresh tokens are single-use: presenting a used one ends the whole grant.
import http from 'node:http';
import { consentAtOnce } from './oidc-auto.mjs';
import { clients } from './oidc-clients.mjs';
import { indicators, resourceTakes } from './oidc-resource.mjs';
import { Control, endWithParent } from './control.mjs';
import { load } from './packages.mjs';

const { Provider } = await load('oidc-provider');
const env = process.env;
const ttl = { access: Number(env.ACCESS_TTL ?? 60), refresh: Number(env.REFRESH_TTL ?? 3600) };
const control = new Control();
const server = http.createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const auto = env.AUTO === '1';

const claimsOf = (id) => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `${id} Example` });

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  scopes: ['openid', 'offline_access', 'email', 'profile', 'calendar.read', 'calendar.write', 'tasks'],
  findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => claimsOf(id) }),
  clockTolerance: 0,
  pkce: { required: () => true },
  rotateRefreshToken: () => env.ROTATE !== '0',
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: () => ttl.access,
    RefreshToken: () => ttl.refresh,
    AuthorizationCode: 60,
    DeviceCode: 120,
    IdToken: 3600,
    Session: 3600,
    Grant: 86400,
    Interaction: 600,
  },
  features: {
    devInteractions: { enabled: !auto },
    deviceFlow: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: env.PAR === '1' },
    registration: { enabled: true },
    resourceIndicators: env.RESOURCE === '1' ? indicators(issuer) : { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: false },
  },
  cookies: { keys: ['not a secret: this server lives for one test'] },
  renderError: async (ctx, out) => {
    ctx.type = 'json';
    ctx.body = out;
  },
  ...(auto ? { interactions: { url: (_ctx, interaction) => `/auto/${interaction.uid}` } } : {}),
});

const noted = ['authorization.success', 'authorization.error', 'grant.success', 'grant.error', 'grant.revoked', 'pushed_authorization_request.success', 'registration_create.success', 'server_error'];
for (const type of noted) {
  provider.on(type, (...args) => {
    const ctx = args.find((arg) => arg?.oidc);
    const error = args.find((arg) => arg instanceof Error);
    const params = ctx?.oidc?.params ?? {};
    for (const name of ['code', 'code_verifier', 'refresh_token', 'client_secret', 'device_code']) control.secret(params[name]);
    for (const name of Object.keys(ctx?.body ?? {})) if (/token$|^code$|client_secret/.test(name)) control.secret(ctx.body[name]);
    control.note(type, { client: ctx?.oidc?.client?.clientId, grant_type: params.grant_type, error: error && `${error.error}: ${error.error_detail ?? error.message}` });
    if (type === 'server_error') console.error(error);
  });
}

const grantsOf = new Map();
provider.on('grant.saved', (grant) => {
  grantsOf.set(grant.accountId, (grantsOf.get(grant.accountId) ?? new Set()).add(grant.jti));
});
// What the answer says a token lives, where that is not the truth: a test need not hurry while the token is good.
provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === '/token' && ctx.body?.expires_in && ttl.says) ctx.body.expires_in = ttl.says;
});
let refreshToken;
provider.on('grant.success', (ctx) => (refreshToken = ctx.body?.refresh_token ?? refreshToken));
control.on('live_refresh_token', () => ({ refresh_token: refreshToken }));
control.on('ttl', (wanted) => Object.assign(ttl, wanted));
control.on('revoke', async ({ account }) => {
  const grants = [...(grantsOf.get(account) ?? [])];
  for (const id of grants) {
    for (const kind of ['AccessToken', 'RefreshToken', 'AuthorizationCode']) await provider[kind].revokeByGrantId(id);
    await (await provider.Grant.find(id))?.destroy();
  }
  return { revoked: grants.length };
});

const answer = provider.callback();
server.on('request', async (req, res) => {
  try {
    const url = new URL(req.url, issuer);
    if (!url.pathname.startsWith('/_test/')) control.note('request', { method: req.method, path: url.pathname, query: Object.fromEntries(url.searchParams) });
    if (await control.takes(req, res, url)) return;
    if (env.RESOURCE === '1' && (await resourceTakes(provider, issuer, req, res, url))) return;
    if (auto && url.pathname.startsWith('/auto/')) return await consentAtOnce(provider, req, res);
    answer(req, res);
  } catch (error) {
    console.error(error);
    if (!res.headersSent) res.writeHead(500).end();
  }
});
console.log(`READY ${issuer}`);
endWithParent();
