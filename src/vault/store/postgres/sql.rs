// The statements.
//
// The table's name has its version, so that programs of two versions can share a database. No row: there
// is none. False: where everybody may create tables, as in the schema `public` before PostgreSQL 15,
// another role has made it, who could read and change whatever is put there.
pub(super) const IS_TRUSTED: &str = "
    SELECT class.relowner IN (me.oid, datdba) OR owner.rolsuper
        OR (NOT me.rolsuper AND pg_has_role(class.relowner, 'USAGE'))
        OR NOT has_schema_privilege('public', class.relnamespace, 'CREATE')
    FROM pg_class AS class JOIN pg_roles AS owner ON owner.oid = class.relowner
        JOIN pg_roles AS me ON me.rolname = current_user
        JOIN pg_database ON datname = current_database()
    WHERE class.oid = to_regclass('tripod_entries_1')";
// Two programs that start at once would both find no table; the lock, whose number is our own, lets
// one of them wait. Statements that are sent together are one transaction, and the lock ends with it.
pub(super) const CREATE: &str = r#"
    SELECT pg_advisory_xact_lock(8390050481170408497);
    CREATE TABLE IF NOT EXISTS tripod_entries_1 (
        key text COLLATE "C" PRIMARY KEY,
        value bytea NOT NULL,
        claim bytea,
        expires timestamptz
    );
    CREATE INDEX IF NOT EXISTS tripod_entries_1_expires
        ON tripod_entries_1 (expires) WHERE expires IS NOT NULL"#;
pub(super) const PUT: &str = "
    INSERT INTO tripod_entries_1 (key, value, expires)
    VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, claim = NULL, expires = excluded.expires";
// The same without waiting for the disk. `set_config(…, true)` holds for the transaction, which is this one
// statement, and the server looks at it when it commits. So it takes no round trip of its own.
pub(super) const PUT_FOR_A_TIME: &str = "
    INSERT INTO tripod_entries_1 (key, value, expires)
    VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, claim = NULL, expires = excluded.expires
    RETURNING set_config('synchronous_commit', 'off', true)";
// Whatever is longer was not put there by this crate, and is not read. Its length stands before it.
pub(super) const GET: &str = "
    SELECT CASE WHEN octet_length(value) <= 65536 THEN value END FROM tripod_entries_1 WHERE key = $1 AND claim IS NULL
    AND (expires IS NULL OR expires > clock_timestamp())";
pub(super) const TAKE: &str = "
    UPDATE tripod_entries_1 SET claim = $2
    WHERE key = $1 AND (claim IS NULL OR claim = $2)
    AND (expires IS NULL OR expires > clock_timestamp())
    RETURNING CASE WHEN octet_length(value) <= 65536 THEN value END,
        set_config('synchronous_commit', 'off', true)";
pub(super) const IS_TAKEN: &str = "
    SELECT 1 FROM tripod_entries_1 WHERE key = $1 AND claim IS NOT NULL
    AND (expires IS NULL OR expires > clock_timestamp())";
pub(super) const DELETE: &str = "
    DELETE FROM tripod_entries_1 WHERE key = $1
    RETURNING expires IS NULL OR expires > clock_timestamp()";
pub(super) const REPLACE: &str = "
    UPDATE tripod_entries_1 SET value = $3 WHERE key = $1 AND claim IS NULL AND value = $2
    AND (expires IS NULL OR expires > clock_timestamp())
    RETURNING true";
pub(super) const HEADS: &str = "
    SELECT key, substring(value FROM 1 FOR $2) FROM tripod_entries_1
    WHERE key > $1 AND octet_length(value) <= 65536
    AND (expires IS NULL OR expires > clock_timestamp())
    ORDER BY key LIMIT $3";
pub(super) const DROP_EXPIRED: &str = "
    WITH gone AS (
        DELETE FROM tripod_entries_1 WHERE key IN (
            SELECT key FROM tripod_entries_1 WHERE expires <= now()
            ORDER BY expires LIMIT 512 FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT set_config('synchronous_commit', 'off', true)";
