-- Previews of running jobs, uploads, and the folders of storage in which either may have left something.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- The latest of each unfinished output: [{index, key, contentType, width, height}].
alter table job_progress add column previews jsonb not null default '[]';

-- What a user called the file; never part of a key.
alter table assets add column filename text;

-- Folders that something is on its way into. What lies in one after `due_at` and is no asset is deleted, by whoever has
-- `taken` it; an upload whose folder was taken is over.
create table arrivals (
  folder text primary key,
  due_at timestamptz not null,
  taken boolean not null default false
);
create index arrivals_due on arrivals (due_at);
