-- What a command learnt about a connection. The grant itself is in the vault.
CREATE TABLE connection (
    name          TEXT PRIMARY KEY,
    provider      TEXT NOT NULL,
    checked_at    INTEGER,          -- unix seconds of the last answer to "who am I"
    check_ok      INTEGER,          -- 0 or 1
    error_kind    TEXT,             -- the last error, until something succeeds
    error_message TEXT,
    error_help    TEXT,
    error_at      INTEGER,
    retry_at      INTEGER,          -- the provider asked not to be asked before
    told          TEXT              -- the state that notify.command was last told of
) STRICT, WITHOUT ROWID;

-- Each run of a command but the hot path.
CREATE TABLE run (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    command      TEXT NOT NULL,
    connection   TEXT,
    outcome      TEXT NOT NULL,     -- ok, or the kind of the error
    requests     INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_time ON run (at);
