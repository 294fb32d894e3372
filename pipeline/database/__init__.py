"""DDL in, `Schema` out; populated instances; the sandbox that runs SQL; SQL out of text; same answer or not."""
