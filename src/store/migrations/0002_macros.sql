-- The macros of each project, and the outlines that selections are made on.

-- As the last good sync found them, each as JSON.
CREATE TABLE macros (
    project TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, unique_id)
) STRICT, WITHOUT ROWID;

-- What a sync found, as the engine puts it; the newest of a project, and the one before it that was another.
CREATE TABLE outlines (
    project TEXT NOT NULL,
    sync INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, sync)
) STRICT;
