-- What there is to mirror at each connection, and how far the mirror is.
CREATE TABLE calendar (
    id            INTEGER PRIMARY KEY,
    connection    TEXT NOT NULL,
    remote        TEXT NOT NULL,     -- the provider's id of it
    name          TEXT NOT NULL,
    color         TEXT,              -- #rrggbb
    zone          TEXT,              -- as the provider says it
    access        TEXT,              -- owner, writer, reader, freebusy
    is_primary    INTEGER NOT NULL DEFAULT 0,
    enabled       INTEGER NOT NULL DEFAULT 0,
    gone          INTEGER NOT NULL DEFAULT 0,  -- the provider no longer lists it
    cursor        TEXT,              -- sync token, delta link; NULL: the next pass is a full one
    window_start  INTEGER,           -- unix seconds: what the cursor's full pass asked for
    window_end    INTEGER,
    pass          INTEGER NOT NULL DEFAULT 0,  -- the events of this pass are the mirror
    synced_at     INTEGER,           -- the last pass that came to its end
    error_kind    TEXT,              -- the last error, until a pass succeeds
    error_message TEXT,
    error_help    TEXT,
    error_at      INTEGER,
    retry_at      INTEGER,
    events        INTEGER NOT NULL DEFAULT 0,  -- how many the mirror has
    listed_at     INTEGER,           -- the provider's list was last read
    account       TEXT,              -- whose it was then
    UNIQUE (connection, remote)
) STRICT;

-- A pass writes beside what is seen: rows of another pass than their calendar's are not there yet, or left over.
-- Rows are long and ids come in no order: kept in the order of writing, they are written five times as fast.
CREATE TABLE event (
    calendar    INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
    remote      TEXT NOT NULL,       -- the provider's id of this occurrence
    pass        INTEGER NOT NULL,
    uid         TEXT NOT NULL,       -- iCalUID: the same in every calendar, and for every occurrence
    version     TEXT NOT NULL,       -- etag, change key
    start       INTEGER NOT NULL,    -- unix seconds; of a whole day: its midnight in UTC
    end         INTEGER NOT NULL,    -- exclusive
    all_day     INTEGER NOT NULL,
    zone        TEXT,                -- IANA, or what the provider said where that is none
    title       TEXT NOT NULL,
    status      TEXT NOT NULL,       -- confirmed, tentative
    response    TEXT,                -- the person's own answer: accepted, declined, tentative, none, organizer
    free        INTEGER NOT NULL,    -- 1: does not block time
    private     INTEGER NOT NULL,
    location    TEXT,
    description TEXT,
    organizer   TEXT,                -- address
    attendees   TEXT,                -- addresses, a line each
    url         TEXT,                -- the event's own page
    meeting     TEXT,                -- where to join it
    series      TEXT,                -- the provider's id of the recurring event
    updated     INTEGER,
    UNIQUE (calendar, remote, pass)
) STRICT;
CREATE INDEX event_by_time ON event (calendar, pass, start, end);

-- Events that the provider cancelled, as against those that left the window.
CREATE TABLE tombstone (
    calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
    remote   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (calendar, remote)
) STRICT, WITHOUT ROWID;
