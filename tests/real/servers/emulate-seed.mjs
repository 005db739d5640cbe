// Who lives at the emulated providers. The redirect URIs are what the gate translates the real ones to.
export const registered = 'http://127.0.0.1:1/callback';

export const seed = {
  google: {
    users: [
      { email: 'alice@example.com', name: 'Alice Example' },
      { email: 'bob@corp.example', name: 'Bob Corp', hd: 'corp.example' },
    ],
    oauth_clients: [{ client_id: 'desk.apps.example', client_secret: 'GOCSPX-canary-58d1e0b7c2', name: 'integ', redirect_uris: [registered] }],
    calendars: [{ id: 'primary', user_email: 'alice@example.com', summary: 'alice@example.com', primary: true, time_zone: 'Europe/Berlin' }],
    calendar_events: [
      { id: 'evt_plan', user_email: 'alice@example.com', calendar_id: 'primary', summary: 'Planning', start_date_time: '2026-01-12T09:00:00Z', end_date_time: '2026-01-12T09:30:00Z' },
    ],
    messages: [{ id: 'msg_one', user_email: 'alice@example.com', from: 'boss@example.com', to: 'alice@example.com', subject: 'Plan', body_text: 'Please read.', label_ids: ['INBOX'] }],
  },
  slack: {
    team: { name: 'Example Team', domain: 'example-team' },
    users: [{ name: 'alice', real_name: 'Alice Example', email: 'alice@example.com' }],
    channels: [{ name: 'general', topic: 'General' }],
    oauth_apps: [{ client_id: '111.222', client_secret: 'slack-canary-90c6d3e4aa', app_id: 'A0EXAMPLE1', name: 'integ', redirect_uris: [registered], scopes: ['chat:write', 'channels:read', 'users:read'] }],
    strict_scopes: true,
  },
  microsoft: {
    users: [{ email: 'alice@example.com', name: 'Alice Example' }],
    oauth_clients: [{ client_id: '11112222-3333-4444-5555-666677778888', client_secret: 'nobody-knows-this-one', name: 'integ', redirect_uris: [registered] }],
  },
  github: {
    users: [{ login: 'alice', name: 'Alice Example', email: 'alice@example.com' }],
    repos: [{ owner: 'alice', name: 'notes', auto_init: true }],
    oauth_apps: [{ client_id: 'Ov23liEXAMPLE', client_secret: 'github-canary-3b8e1f6a02', name: 'integ', redirect_uris: [registered] }],
  },
  linear: {
    organization: { name: 'Example Inc', url_key: 'example' },
    users: [{ email: 'alice@example.com', name: 'Alice Example', admin: true }],
    teams: [{ key: 'ENG', name: 'Engineering', states: [{ name: 'Todo', type: 'unstarted' }] }],
    oauth_apps: [{ client_id: 'lin_example_client', client_secret: 'nobody-knows-this-one', name: 'integ', redirect_uris: [registered], scopes: ['read', 'write', 'issues:create', 'comments:create'], actor: 'user' }],
    strict_scopes: true,
  },
};
