// The statements. `unixepoch('subsec')` is seconds with three decimals; it stands still within a statement.
pub(super) const PUT: &str = "
    INSERT INTO entries (key, value, expires)
    VALUES (?1, ?2, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?3)
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, claim = NULL, expires = excluded.expires";
pub(super) const GET: &str = "
    SELECT value FROM entries WHERE key = ?1 AND claim IS NULL
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000)";
pub(super) const TAKE: &str = "
    UPDATE entries SET claim = ?2 WHERE key = ?1 AND (claim IS NULL OR claim = ?2)
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000) RETURNING value";
pub(super) const IS_THERE: &str = "
    SELECT 1 FROM entries WHERE key = ?1
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000)";
// Without RETURNING, which would read the whole row.
pub(super) const DELETE: &str = "DELETE FROM entries WHERE key = ?1";
pub(super) const REPLACE: &str = "
    UPDATE entries SET value = ?3 WHERE key = ?1 AND value = ?2 AND claim IS NULL
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000)";
// Whatever is longer was not put there by this crate, and is not read.
pub(super) const HEADS: &str = "
    SELECT key, substr(value, 1, ?2) FROM entries WHERE key > ?1 AND length(value) <= 65536
    AND (expires IS NULL OR expires > unixepoch('subsec') * 1000) ORDER BY key LIMIT ?3";
pub(super) const DROP_EXPIRED: &str = "
    DELETE FROM entries WHERE key IN (
        SELECT key FROM entries WHERE expires <= unixepoch('subsec') * 1000 LIMIT ?1)";
