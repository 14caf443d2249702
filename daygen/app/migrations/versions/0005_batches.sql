-- Batches: jobs that were ordered together, all or none.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- What a batch has come to is told by its jobs; only that it has ended is written here, with the last of them.
create table batches (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  size smallint not null check (size > 0),
  created_at timestamptz not null default daygen_now(),
  finished_at timestamptz
);
create index batches_workspace on batches (workspace_id, id desc);

alter table jobs add column batch_id uuid references batches;
create index jobs_batch on jobs (batch_id, id) where batch_id is not null;

-- An address that is told of a batch's end.
create table batch_webhooks (
  batch_id uuid primary key references batches,
  url text not null
);
-- `job_id` is what the address is told about: a job, or a batch.
create or replace view job_hooks as
  select job_id, url, events from job_webhooks
  union all
  select batch_id, url, '{}'::text[] from batch_webhooks;

create or replace view progress_notes as
  select p.job_id, p.workspace_id, p.share, p.version, j.state, j.model, j.operation, j.attempts, j.batch_id
  from job_progress p join jobs j on j.id = p.job_id;
