-- Model syncs, the models as of each of them, problems and events.
-- Times are microseconds since 1970-01-01 UTC.

CREATE TABLE syncs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    cause TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    branch TEXT NOT NULL,
    commit_id TEXT,
    commit_author TEXT,
    commit_subject TEXT,
    commit_at INTEGER,
    stages TEXT NOT NULL DEFAULT '[]',
    counts TEXT NOT NULL DEFAULT '{}',
    summary TEXT NOT NULL DEFAULT '',
    unchanged INTEGER NOT NULL DEFAULT 0,
    -- 1 when this sync recorded the project's models.
    recorded INTEGER NOT NULL DEFAULT 0,
    -- How many models it added, changed and removed; 0 for the first that recorded any.
    differences INTEGER NOT NULL DEFAULT 0,
    -- What the result depends on besides the commit, as the engine puts it.
    settings TEXT NOT NULL DEFAULT '',
    -- Name of the process that runs it; its lock file tells whether it lives.
    process TEXT,
    progress TEXT,
    -- 1 when it has left the history and stays only because models that are kept came from it.
    retired INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX syncs_of_project ON syncs (project, id);
CREATE INDEX syncs_running ON syncs (state) WHERE state = 'running';

-- The whole record of a model as JSON, once for each content.
CREATE TABLE bodies (
    hash BLOB PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A model as it was from one sync on, until (and without) another; NULL: it still is.
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES bodies (hash),
    -- Hash of the record without what other models put into it.
    own_hash BLOB NOT NULL,
    first_sync INTEGER NOT NULL REFERENCES syncs (id),
    until_sync INTEGER,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    folder TEXT NOT NULL,
    materialized TEXT NOT NULL,
    -- JSON array of strings; empty text for none.
    tags TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    broken INTEGER NOT NULL,
    CHECK (until_sync IS NULL OR until_sync > first_sync)
) STRICT;

CREATE UNIQUE INDEX models_current ON models (project, unique_id) WHERE until_sync IS NULL;
CREATE INDEX models_history ON models (project, unique_id, first_sync);
CREATE INDEX models_opened ON models (first_sync, project, unique_id);
CREATE INDEX models_closed ON models (until_sync, project, unique_id) WHERE until_sync IS NOT NULL;
CREATE INDEX models_bodies ON models (hash);

CREATE TABLE problems (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The project whose sync met it; empty for the workspace.
    project TEXT NOT NULL,
    -- The same failure of the same thing has the same key.
    key TEXT NOT NULL,
    -- `connection` or `content`: what a sync must have seen to say that it is gone.
    area TEXT NOT NULL,
    model TEXT,
    body TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    occurrences INTEGER NOT NULL,
    sync INTEGER,
    mended_at INTEGER,
    how TEXT
) STRICT;

CREATE UNIQUE INDEX problems_open ON problems (project, key) WHERE mended_at IS NULL;
CREATE INDEX problems_of_model ON problems (project, model);

-- Which problems a sync met.
CREATE TABLE sync_problems (
    sync INTEGER NOT NULL REFERENCES syncs (id) ON DELETE CASCADE,
    problem INTEGER NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    PRIMARY KEY (sync, problem)
) STRICT, WITHOUT ROWID;

CREATE INDEX sync_problems_of_problem ON sync_problems (problem);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    process TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
