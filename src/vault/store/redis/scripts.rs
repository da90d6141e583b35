// The scripts, each one step for all other callers.

/// Nil: none. 0: another claim was first. A string: the value.
///
/// The flag lets it run on a full server: it writes over what is there, and needs no more room.
pub(super) const TAKE: &str = r"#!lua flags=allow-oom
    local head = redis.call('GETRANGE', KEYS[1], 0, 16)
    if head == '' then return false end
    if #head < 17 then return redis.error_reply('ERR not an entry') end
    if string.byte(head) == 0 then
        redis.call('SETRANGE', KEYS[1], 0, '\1' .. ARGV[1])
    elseif head ~= '\1' .. ARGV[1] then
        return 0
    end
    return redis.call('GETRANGE', KEYS[1], 17, ARGV[2])";
/// 1 if the value was replaced, 0 if another one, none or a claimed one was there.
pub(super) const REPLACE: &str = r"#!lua
    local free = string.rep('\0', 17)
    if redis.call('GETRANGE', KEYS[1], 0, ARGV[3]) ~= free .. ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], free .. ARGV[2], 'KEEPTTL')
    return 1";
