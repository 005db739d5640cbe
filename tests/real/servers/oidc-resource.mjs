// A protected resource at /mcp, beside its authorization server: it says who gives tokens for it (RFC 9728) and takes
// only those that were given for it (RFC 8707).
const place = '/.well-known/oauth-protected-resource';

export const indicators = (issuer) => ({
  enabled: true,
  defaultResource: () => undefined,
  useGrantedResource: () => false,
  getResourceServerInfo: (_ctx, resource) => {
    if (resource !== `${issuer}/mcp`) throw Object.assign(new Error('invalid_target'), { error: 'invalid_target', statusCode: 400, expose: true });
    return { scope: 'mcp:read mcp:write', audience: resource, accessTokenFormat: 'opaque' };
  },
});

// True when the request was the resource's.
export async function resourceTakes(provider, issuer, req, res, url) {
  const say = (status, body, headers = {}) => {
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(JSON.stringify(body));
    return true;
  };
  const resource = `${issuer}/mcp`;
  if (url.pathname === `${place}/mcp`) return say(200, { resource, authorization_servers: [issuer], scopes_supported: ['mcp:read'] });
  if (url.pathname !== '/mcp' && !url.pathname.startsWith('/mcp/')) return false;
  const [, bearer] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
  const token = bearer && (await provider.AccessToken.find(bearer));
  if (!token || token.aud !== resource) return say(401, { error: 'invalid_token' }, { 'www-authenticate': `Bearer resource_metadata="${issuer}${place}/mcp"` });
  return say(200, { account: token.accountId, scope: token.scope, audience: token.aud });
}
