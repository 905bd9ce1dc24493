-- Results of one run. Times are picoseconds since the timeline began; frames are whole, without frame check sequence.
-- PRAGMA user_version is the schema's version: a change of meaning counts it up.

CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    tool_version TEXT NOT NULL,
    git_commit TEXT NOT NULL,          -- empty outside a checkout; + behind when it had changes
    kernel TEXT NOT NULL,
    cpu TEXT NOT NULL,
    started_utc TEXT NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    seed TEXT NOT NULL,                -- unsigned 64 bits do not fit an INTEGER
    dialect TEXT NOT NULL,             -- of its scenarios; several with commas between them
    arguments TEXT NOT NULL,           -- JSON array
    backends TEXT NOT NULL,            -- JSON array
    probes TEXT NOT NULL               -- JSON object
) STRICT;

CREATE TABLE scenarios (
    scenario_id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs,
    name TEXT NOT NULL,
    file TEXT NOT NULL,
    description TEXT NOT NULL,
    dialect TEXT,                      -- as the file says; null when it says nothing
    programming_order TEXT NOT NULL,
    tags TEXT NOT NULL,                -- JSON array
    notes TEXT NOT NULL                -- JSON array
) STRICT;

CREATE TABLE backend_results (
    backend_result_id INTEGER PRIMARY KEY,
    scenario_id INTEGER NOT NULL REFERENCES scenarios,
    backend TEXT NOT NULL,
    result TEXT NOT NULL,              -- Pass, Fail, Skip, NotYet
    reason TEXT NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    dialect TEXT,                      -- the rest is null when it did not run
    live INTEGER,
    missed INTEGER,                    -- sightings the backend knows it missed
    fingerprint TEXT,                  -- of all it saw, 32 hexadecimal digits; null on live backends, whose times are the kernel's
    UNIQUE (scenario_id, backend)
) STRICT;

CREATE TABLE expectations (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,               -- file:line:column
    held INTEGER NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (backend_result_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE comparisons (
    comparison_id INTEGER PRIMARY KEY,
    scenario_id INTEGER NOT NULL REFERENCES scenarios,
    left_backend TEXT NOT NULL,
    right_backend TEXT NOT NULL,
    journeys INTEGER NOT NULL,
    hops INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    table_rows INTEGER NOT NULL,
    further_differences INTEGER NOT NULL  -- counted, and not kept
) STRICT;

CREATE TABLE differences (
    difference_id INTEGER PRIMARY KEY,
    comparison_id INTEGER NOT NULL REFERENCES comparisons,
    place TEXT,
    subject TEXT NOT NULL,
    aspect TEXT NOT NULL,
    left_text TEXT NOT NULL,
    right_text TEXT NOT NULL,
    left_frame BLOB,
    right_frame BLOB
) STRICT;

CREATE TABLE difference_fields (
    difference_id INTEGER NOT NULL REFERENCES differences,
    ordinal INTEGER NOT NULL,
    field TEXT NOT NULL,
    left_text TEXT NOT NULL,
    right_text TEXT NOT NULL,
    PRIMARY KEY (difference_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    step INTEGER NOT NULL,             -- index in the timeline
    step_name TEXT NOT NULL,
    began_ps INTEGER NOT NULL,
    ended_ps INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    returned INTEGER,                  -- null where nothing is to come back
    bytes_sent INTEGER NOT NULL,
    bytes_arrived INTEGER NOT NULL,
    bytes_returned INTEGER,
    intact INTEGER NOT NULL,
    trouble TEXT,
    PRIMARY KEY (backend_result_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE latencies (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    step INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,          -- 0 is the first packet of its step: it pays for ARP and for learning the path
    round_trip_ps INTEGER NOT NULL,
    PRIMARY KEY (backend_result_id, step, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE sightings (
    sighting_id INTEGER PRIMARY KEY,
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    ordinal INTEGER NOT NULL,
    time_ps INTEGER NOT NULL,
    kind TEXT NOT NULL,                -- EndpointSent, Program, WireSent, WireReceived, EndpointReceived
    droplet TEXT NOT NULL,
    endpoint TEXT,
    program TEXT,                      -- the rest up to frame_in is null unless kind is Program
    verdict TEXT,
    reason TEXT,
    devmap TEXT,
    slot INTEGER,
    frame_in BLOB NOT NULL,
    frame_out BLOB,                    -- null when it is frame_in
    path_time_ps INTEGER,
    queue_frames INTEGER,
    flow_class INTEGER NOT NULL,
    UNIQUE (backend_result_id, ordinal)
) STRICT;

CREATE TABLE table_changes (
    sighting_id INTEGER NOT NULL REFERENCES sightings,
    ordinal INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT,                        -- null: the row went
    PRIMARY KEY (sighting_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE table_rows (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    droplet TEXT NOT NULL,
    table_name TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    row TEXT NOT NULL,                 -- key = value, as at the end of the run
    PRIMARY KEY (backend_result_id, droplet, table_name, ordinal)
) STRICT, WITHOUT ROWID;

-- What links of a tier carried in one direction; simulated backends only.
CREATE TABLE tiers (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    tier TEXT NOT NULL,                -- what the links join: host-leaf, leaf-spine
    direction TEXT NOT NULL,           -- up: away from the droplets; down
    links INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    busiest_bytes INTEGER NOT NULL,    -- of the link that carried most
    dropped INTEGER NOT NULL,
    marked INTEGER NOT NULL,
    waited_ps INTEGER NOT NULL,        -- by all frames together
    longest_queue INTEGER NOT NULL,
    PRIMARY KEY (backend_result_id, tier, direction)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_loads (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    droplet TEXT NOT NULL,
    role TEXT NOT NULL,                -- Other, Sender, Bouncer, Divider, Receiver: by the reason of each run
    frames INTEGER NOT NULL,
    bytes INTEGER NOT NULL,            -- as they came over the wire; of an agent's frames, as they left it
    wire_frames INTEGER NOT NULL,      -- those that came over the wire
    wire_bytes INTEGER NOT NULL,
    PRIMARY KEY (backend_result_id, droplet, role)
) STRICT, WITHOUT ROWID;

-- Bouncers and dividers over time; intervals without any frame are left out.
CREATE TABLE role_intervals (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    droplet TEXT NOT NULL,
    role TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    began_ps INTEGER NOT NULL,
    length_ps INTEGER NOT NULL,        -- the last interval ends with the run
    frames INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (backend_result_id, droplet, role, ordinal)
) STRICT, WITHOUT ROWID;

-- Queues of ports and cores over time, in frames without the one being sent or served; intervals in which nobody waited are left out.
CREATE TABLE queue_intervals (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    place TEXT NOT NULL,               -- 'leaf-3 -> spine-0', 'left core 1'
    ordinal INTEGER NOT NULL,
    began_ps INTEGER NOT NULL,
    length_ps INTEGER NOT NULL,
    longest INTEGER NOT NULL,
    mean REAL NOT NULL,                -- over the interval
    PRIMARY KEY (backend_result_id, place, ordinal)
) STRICT, WITHOUT ROWID;

-- Every frame that ended elsewhere than at an endpoint.
CREATE TABLE losses (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    place TEXT NOT NULL,               -- a link, core, switch, droplet or endpoint
    ended_by TEXT NOT NULL,            -- fabric, or the program and its verdict
    cause TEXT NOT NULL,               -- the fabric's cause or the program's reason
    frames INTEGER NOT NULL,
    PRIMARY KEY (backend_result_id, place, ended_by, cause)
) STRICT, WITHOUT ROWID;

-- What the tables that programs learn into did; null where the backend cannot know (measures_absent).
CREATE TABLE caches (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    droplet TEXT NOT NULL,
    cache TEXT NOT NULL,
    hits INTEGER,                      -- frames that found a row they could use
    misses INTEGER,
    insertions INTEGER,                -- rows learned under a key that had none
    evictions INTEGER,                 -- rows that left because the table was full
    removals INTEGER,                  -- rows that programs took away
    rows_held INTEGER NOT NULL,        -- at the end
    PRIMARY KEY (backend_result_id, droplet, cache)
) STRICT, WITHOUT ROWID;

CREATE TABLE measures_absent (
    backend_result_id INTEGER NOT NULL REFERENCES backend_results,
    ordinal INTEGER NOT NULL,
    what TEXT NOT NULL,                -- and why
    PRIMARY KEY (backend_result_id, ordinal)
) STRICT, WITHOUT ROWID;
