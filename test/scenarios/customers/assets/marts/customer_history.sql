-- Every version of every customer. @key id   @write scd2
select id, email, phone, segment, batch from staging.customers
