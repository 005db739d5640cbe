-- Tasks that shall be created, that wait, and that were created. Ours alone: no provider could give them back.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    key           TEXT NOT NULL,        -- the person's, or made: the same key is the same task
    mark          TEXT NOT NULL UNIQUE, -- a UUID, the same for every try
    connection    TEXT NOT NULL,
    account       TEXT,                 -- whom it may be sent to; NULL: nobody was connected yet
    list          TEXT,                 -- as the person named it
    place         TEXT,                 -- the provider's id of it, once it is known
    title         TEXT NOT NULL,
    task          TEXT NOT NULL,        -- all of it, as JSON
    state         TEXT NOT NULL,        -- queued, sending, done, parked, unknown, cancelled
    claimed_by    TEXT,                 -- the process that sends it,
    claimed_until INTEGER,              -- and until when that is believed
    first_try     INTEGER,              -- since then it may be there; NULL: it is certain that it is not
    last_try      INTEGER,
    retry_at      INTEGER,              -- not before
    error_kind    TEXT,
    error_message TEXT,
    error_help    TEXT,
    remote        TEXT,
    url           TEXT,
    created_at    INTEGER NOT NULL,
    sent_at       INTEGER,
    UNIQUE (connection, key)
) STRICT;
-- What waits is found without a look at what is done.
CREATE INDEX outbox_waiting ON outbox (connection, id) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_by_key ON outbox (key);

-- Lists, people and tags, as their providers named them last. May be lost.
CREATE TABLE target (
    connection TEXT NOT NULL,
    account    TEXT NOT NULL,
    part       TEXT NOT NULL,           -- folder, list, person, tag
    remote     TEXT NOT NULL,
    within     TEXT NOT NULL,           -- the id of the folder or list; empty: none
    name       TEXT NOT NULL,
    alias      TEXT,
    detail     TEXT NOT NULL,           -- what the dialect needs of it, as JSON
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (connection, part, within, remote)
) STRICT, WITHOUT ROWID;
