/**
 * How Redis changes the role cache, in its own scripts, so that many roles are
 * one command and no other client sees half of a change.
 *
 * The registry, a hash, holds a revision, a salt, the number of buckets, a
 * number for each model and for each company how often it was forgotten. A
 * bucket is a text of records of eight bytes: seven of a role's digest and one
 * of its answer. Every script is told the revision that its caller knows, and
 * does nothing if there is another. A bucket that is no such text is taken for
 * empty.
 */
import { hash } from "node:crypto"

/** The text of a script, and the name that Redis has for it. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

const make = (lua: string): Script => ({ lua, sha: hash("sha1", lua) })

/** Characters of a bucket's number, and bytes of a digest, in what scripts are given. */
export const bucketLength = 5
export const digestLength = 7

const known = `if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return false end`

/** Where a digest stands in a bucket: records begin at 1, 9, 17, … */
const place = `
local function place(records, digest)
  local at = string.find(records, digest, 1, true)
  while at and at % 8 ~= 1 do at = string.find(records, digest, at + 1, true) end
  return at
end
local function whole(records) return type(records) == 'string' and #records % 8 == 0 end`

/** Revision, prefix of the buckets, roles: a bucket, a digest and a byte each. */
export const save = make(`${known}
${place}
local roles, sub = ARGV[3], string.sub
for i = 1, #roles, 13 do
  local key = ARGV[2] .. sub(roles, i, i + 4)
  local records = redis.pcall('GET', key)
  if not whole(records) then
    redis.call('SET', key, sub(roles, i + 5, i + 12))
  else
    local at = place(records, sub(roles, i + 5, i + 11))
    if at then redis.call('SETRANGE', key, at + 6, sub(roles, i + 12, i + 12))
    else redis.call('SET', key, records .. sub(roles, i + 5, i + 12)) end
  end
end
return 'OK'`)

/** Revision, prefix, first bucket, end, and for each byte whether its records stay ('1'). Gives how many were dropped. */
export const prune = make(`${known}
local sub, byte, dropped = string.sub, string.byte, 0
for bucket = tonumber(ARGV[3]), tonumber(ARGV[4]) - 1 do
  local key = ARGV[2] .. string.format('%05x', bucket)
  local records = redis.pcall('GET', key)
  if type(records) == 'string' then
    local kept = {}
    if #records % 8 == 0 then
      for i = 1, #records, 8 do
        local answer = byte(records, i + 7)
        if sub(ARGV[5], answer + 1, answer + 1) == '1' then kept[#kept + 1] = sub(records, i, i + 7) end
      end
    end
    local all = math.floor(#records / 8)
    if #kept < all or #records % 8 ~= 0 then
      dropped = dropped + all - #kept
      if #kept == 0 then redis.call('UNLINK', key) else redis.call('SET', key, table.concat(kept)) end
    end
  end
end
return dropped`)

/** Revision, prefix, first bucket, end. Gives how many records there are. */
export const count = make(`${known}
local bytes = 0
for bucket = tonumber(ARGV[3]), tonumber(ARGV[4]) - 1 do
  local length = redis.pcall('STRLEN', ARGV[2] .. string.format('%05x', bucket))
  if type(length) == 'number' then bytes = bytes + length end
end
return math.floor(bytes / 8)`)

/** The revision to come, a salt, a number of buckets, a model. Gives the registry, in which the model then stands. */
export const register = make(`
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
if redis.call('HEXISTS', KEYS[1], 'salt') == 0 then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'salt', ARGV[2], 'buckets', ARGV[3], 'revision', ARGV[1])
end
if ARGV[4] ~= '' and redis.call('HEXISTS', KEYS[1], 'model ' .. ARGV[4]) == 0 then
  redis.call('HSET', KEYS[1], 'model ' .. ARGV[4], redis.call('HINCRBY', KEYS[1], 'models', 1), 'revision', ARGV[1])
end
return redis.call('HGETALL', KEYS[1])`)

/** Leaves no registry: what is in the buckets is never found again. */
export const reset = make(`return redis.call('DEL', KEYS[1])`)

/** The revision to come, a company: its roles have other digests from now on. */
export const forgetCompany = make(`
redis.call('HINCRBY', KEYS[1], 'company ' .. ARGV[2], 1)
redis.call('HSET', KEYS[1], 'revision', ARGV[1])
return 'OK'`)

/** The revision to come, a model that has no buckets any more. */
export const forgetModel = make(`
redis.call('HDEL', KEYS[1], 'model ' .. ARGV[2])
redis.call('HSET', KEYS[1], 'revision', ARGV[1])
return 'OK'`)
