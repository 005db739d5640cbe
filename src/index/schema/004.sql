-- Time that was worked. It exists nowhere else: copied once a day, carried over first.
CREATE TABLE time_entry (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- what a person types: never given twice
    start      INTEGER NOT NULL,    -- unix seconds; where only the day is known: its midnight in UTC
    end        INTEGER NOT NULL,    -- exclusive
    timed      INTEGER NOT NULL,    -- 0: only the day is known
    seconds    INTEGER NOT NULL,    -- what counts: the length, rounded
    rounding   TEXT,                -- how: "900 up", "900 nearest"
    title      TEXT NOT NULL,
    note       TEXT,
    project    TEXT,
    client     TEXT,
    status     TEXT NOT NULL,       -- pending, approved, rejected
    -- The event it came from, by the provider's ids, so that a full pass of the mirror loses nothing; else all NULL.
    connection TEXT,
    calendar   TEXT,
    event      TEXT,
    uid        TEXT,
    occurrence TEXT UNIQUE,         -- the same in every calendar that has this event
    -- What was seen of it.
    version    TEXT,
    seen_start INTEGER,
    seen_end   INTEGER,
    seen_title TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (connection, calendar, event)
) STRICT;
CREATE INDEX time_entry_by_time ON time_entry (start);
