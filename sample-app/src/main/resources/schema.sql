-- H2 (in its PostgreSQL mode) and PostgreSQL both read this.

CREATE TABLE IF NOT EXISTS scan (
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	root VARCHAR NOT NULL,
	-- RUNNING as long as nobody has said otherwise: that is how a killed process leaves it.
	state VARCHAR(16) NOT NULL,
	failure VARCHAR,
	-- Counted in the transaction that stores what is counted.
	files BIGINT DEFAULT 0 NOT NULL,
	bytes BIGINT DEFAULT 0 NOT NULL,
	errors BIGINT DEFAULT 0 NOT NULL,
	started_at TIMESTAMP WITH TIME ZONE NOT NULL,
	finished_at TIMESTAMP WITH TIME ZONE
);

-- The key keeps a file from being stored twice, and has the order in which a scan is listed.
CREATE TABLE IF NOT EXISTS file (
	scan_id BIGINT NOT NULL REFERENCES scan,
	path BYTEA NOT NULL,
	bytes BIGINT NOT NULL,
	sha256 BYTEA NOT NULL,
	modified_micros BIGINT NOT NULL,
	PRIMARY KEY (scan_id, path)
);

-- No key on the path: one that is too long to be a key is itself an error.
CREATE TABLE IF NOT EXISTS file_error (
	scan_id BIGINT NOT NULL REFERENCES scan,
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	path BYTEA NOT NULL,
	reason VARCHAR NOT NULL,
	PRIMARY KEY (scan_id, id)
);
