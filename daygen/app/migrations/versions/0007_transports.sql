set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- How many tasks at once a worker takes from a transport; 0 for one that claims from the table. The dispatcher grants no
-- more than there are free slots, and a few.
alter table workers add column slots integer not null default 0;
