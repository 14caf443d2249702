-- Webhooks: endpoints, deliveries, and the addresses that jobs name.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- outbox and jobs, as rooms above them may read them ---------------------------------------------------------------
create view numbered_events as
  select number, seq, id, workspace_id, subject, type, data, created_at from events;

-- Only for jobs that name an address, so the others cost nothing.
create table job_webhooks (
  job_id uuid primary key references jobs,
  url text not null,
  events text[] not null
);
create view job_hooks as select job_id, url, events from job_webhooks;

create view progress_notes as
  select p.job_id, p.workspace_id, p.share, p.version, j.state, j.model, j.operation, j.attempts
  from job_progress p join jobs j on j.id = p.job_id;

-- webhooks ---------------------------------------------------------------------------------------------------------
-- How far events and progress have been turned into deliveries: one row.
create table webhook_cursor (
  single boolean primary key default true check (single),
  number bigint not null,
  progress bigint not null
);
insert into webhook_cursor (number, progress) select coalesce(max(number), 0), 0 from numbered_events;

-- Secrets are not stored: they follow from ours, the owner's id and its generation.
create table webhook_secrets (
  workspace_id uuid primary key references workspaces,
  generation integer not null,
  rotated_at timestamptz
);

create table webhook_endpoints (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  url text not null,
  event_types text[] not null,
  description text not null,
  enabled boolean not null default true,
  disabled_reason text,
  generation integer not null default 1,
  rotated_at timestamptz,
  created_at timestamptz not null default daygen_now(),
  check (enabled or disabled_reason is not null)
);
create index webhook_endpoints_workspace on webhook_endpoints (workspace_id, id desc);

-- `target` is the endpoint, or the job that names an address; what one target is told about one subject is a stream,
-- delivered in the order of `place`. `status`, `latency_ms`, `problem` and `answer` are those of the last try.
create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  place bigint generated always as identity unique,
  workspace_id uuid not null,
  endpoint_id uuid,
  target uuid not null,
  subject uuid not null,
  event_id uuid not null,
  seq bigint not null,
  type text not null,
  event_at timestamptz not null,
  data jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed', 'canceled')),
  tries integer not null default 0,
  next_try_at timestamptz,
  status smallint,
  latency_ms integer,
  problem text,
  answer text,
  redelivery_of uuid,
  created_at timestamptz not null default daygen_now(),
  finished_at timestamptz,
  check ((state = 'pending') = (finished_at is null))
);
create index webhook_deliveries_pending on webhook_deliveries (target, subject, place) where state = 'pending';
create index webhook_deliveries_workspace on webhook_deliveries (workspace_id, place desc);
create index webhook_deliveries_created on webhook_deliveries (created_at);

create table webhook_tries (
  delivery_id uuid not null references webhook_deliveries on delete cascade,
  number integer not null,
  at timestamptz not null default daygen_now(),
  outcome text not null,
  status smallint,
  latency_ms integer not null,
  problem text,
  answer text,
  primary key (delivery_id, number)
);

-- Streams with something to deliver. `turn` fences: who sends writes only while its turn is the last. A sender is given
-- up for dead at `busy_until`; the stream's task then takes over.
create table webhook_streams (
  target uuid not null,
  subject uuid not null,
  workspace_id uuid not null,
  task_id uuid not null,
  turn bigint not null default 0,
  busy_until timestamptz,
  primary key (target, subject)
);
