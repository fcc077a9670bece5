-- @write append   @cursor changed_at   @lag 5 minutes
select id, state, changed_at from raw.log
