select id, account, day, amount from raw.payments
