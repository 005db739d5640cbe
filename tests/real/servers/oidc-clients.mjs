// The clients registered at the provider. Native ones may come back to any loopback port.
const redirect_uris = ['http://127.0.0.1/callback', 'http://127.0.0.1/', 'http://localhost/callback', 'http://[::1]/callback'];
const native = { application_type: 'native', response_types: ['code'], redirect_uris };
const grant_types = ['authorization_code', 'refresh_token'];

export const clients = [
  { ...native, client_id: 'desk', token_endpoint_auth_method: 'none', grant_types: [...grant_types, 'urn:ietf:params:oauth:grant-type:device_code'] },
  // The characters that RFC 6749 2.3.1 wants form-encoded before base64.
  { ...native, client_id: 'desk-basic', client_secret: 'basic:100%+sure/& =canary-7f3a9c', token_endpoint_auth_method: 'client_secret_basic', grant_types },
  { ...native, client_id: 'desk-post', client_secret: 'post:100%+sure/& =canary-51be20', token_endpoint_auth_method: 'client_secret_post', grant_types },
  // A mail server that asks whose a token is.
  { client_id: 'mailserver', client_secret: 'canary-9d20c4', redirect_uris: [], response_types: [], grant_types: [] },
];
