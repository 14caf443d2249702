-- The house: every room's tables, in the order of the rooms. Amounts of credits are whole millicredits.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- kit ------------------------------------------------------------------------------------------------------------
-- The one clock of the database. Tests replace it to make a month pass in a second.
create function daygen_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- Wake whoever listens on a channel when this transaction commits. A NOTIFY takes a lock of the whole database at
-- commit, so only one transaction at a time gives it; who is told `false` rings again after its own commit.
create function daygen_ring(channel text) returns boolean language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(7, hashtext(channel)) then
    perform pg_notify(channel, '');
    return true;
  end if;
  return false;
end $$;

create function daygen_refuse_edit() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: correct it with a new row', tg_table_name using errcode = 'restrict_violation';
end $$;

-- infra ----------------------------------------------------------------------------------------------------------
create table workers (
  id uuid primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default daygen_now(),
  lease_until timestamptz not null
);

-- A task is deleted when it is done. `attempt` counts claims and fences; `failures` and `crashes` count towards giving up.
create table tasks (
  id uuid primary key,
  kind text not null,
  payload jsonb not null,
  lane uuid,
  priority smallint not null default 0,
  state text not null default 'ready' check (state in ('ready', 'running', 'waiting', 'dead')),
  attempt integer not null default 0,
  failures integer not null default 0,
  crashes integer not null default 0,
  run_at timestamptz,
  worker_id uuid,
  started_at timestamptz,
  traceparent text,
  request_id text,
  last_error text,
  created_at timestamptz not null default daygen_now(),
  check ((state = 'running') = (worker_id is not null)),
  check (state <> 'waiting' or run_at is not null)
);
create index tasks_ready on tasks (priority desc, id) where state = 'ready';
create index tasks_waiting on tasks (run_at) where state = 'waiting';
create index tasks_running on tasks (worker_id) where state = 'running';
alter table tasks set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- Facts on their way out. The relay moves them to `events`, numbered per workspace, in the order it sees them.
create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  workspace_id uuid not null,
  subject uuid not null,
  type text not null,
  data jsonb not null,
  created_at timestamptz not null default daygen_now()
);
alter table outbox set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

create table event_heads (
  workspace_id uuid primary key,
  seq bigint not null
);

-- `number` orders all events of the house (one relay at a time writes it), `seq` those of one workspace.
create table events (
  workspace_id uuid not null,
  seq bigint not null,
  number bigint generated always as identity unique,
  id uuid not null,
  subject uuid not null,
  type text not null,
  data jsonb not null,
  created_at timestamptz not null,
  primary key (workspace_id, seq)
);
create index events_subject on events (subject, seq);
create index events_created on events (created_at);

create table idempotency_keys (
  workspace_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  status smallint,
  answer jsonb,
  created_at timestamptz not null default daygen_now(),
  primary key (workspace_id, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table schedules (
  name text primary key,
  owner uuid not null,
  until timestamptz not null
);

create table spans (
  job_id uuid not null,
  trace_id bytea not null,
  span_id bytea not null,
  parent_id bytea,
  name text not null,
  service text not null,
  started_at timestamptz not null,
  duration_us bigint not null,
  status text not null default 'ok',
  attributes jsonb not null default '{}',
  primary key (job_id, span_id)
);

-- identity -------------------------------------------------------------------------------------------------------
create table users (
  id uuid primary key,
  email text not null,
  name text not null,
  password_hash text,
  is_operator boolean not null default false,
  created_at timestamptz not null default daygen_now()
);
create unique index users_email on users (lower(email));

create table workspaces (
  id uuid primary key,
  name text not null,
  kind text not null check (kind in ('personal', 'team')),
  created_at timestamptz not null default daygen_now()
);

create table members (
  workspace_id uuid not null references workspaces,
  user_id uuid not null references users,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz not null default daygen_now(),
  primary key (workspace_id, user_id)
);
create index members_user on members (user_id);

create table api_keys (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  user_id uuid references users,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default daygen_now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_workspace on api_keys (workspace_id, id desc);

create table sessions (
  id uuid primary key,
  hash bytea not null unique,
  user_id uuid not null references users,
  workspace_id uuid not null references workspaces,
  created_at timestamptz not null default daygen_now(),
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);

-- Good for one use: a link that signs its user in, or a ticket that opens one socket.
create table sign_in_links (
  hash bytea primary key,
  user_id uuid not null references users,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table socket_tickets (
  hash bytea primary key,
  workspace_id uuid not null references workspaces,
  user_id uuid references users,
  key_id uuid references api_keys,
  scopes text[] not null,
  expires_at timestamptz not null
);

-- ledger ---------------------------------------------------------------------------------------------------------
-- The only row that accepting a job changes in place; every movement of credits is also a row of `transfers`.
create table accounts (
  workspace_id uuid primary key references workspaces,
  available bigint not null default 0 check (available >= 0),
  held bigint not null default 0 check (held >= 0)
);

create table holds (
  job_id uuid primary key,
  workspace_id uuid not null references accounts,
  amount bigint not null check (amount >= 0),
  state text not null default 'active' check (state in ('active', 'settled', 'released')),
  created_at timestamptz not null default daygen_now(),
  closed_at timestamptz,
  check ((state = 'active') = (closed_at is null))
);
create index holds_active on holds (workspace_id) where state = 'active';

-- Double entry: one row takes `amount` from `debit` and gives it to `credit`, so everything always sums to zero.
-- A cause has each kind of effect at most once.
create table transfers (
  id uuid primary key,
  workspace_id uuid not null references accounts,
  debit text not null check (debit in ('house', 'available', 'held', 'spent')),
  credit text not null check (credit in ('house', 'available', 'held', 'spent')),
  amount bigint not null check (amount > 0),
  kind text not null check (kind in ('grant', 'deduct', 'hold', 'settle', 'release')),
  cause_kind text not null check (cause_kind in ('job', 'operator')),
  cause uuid not null,
  reason text,
  actor uuid,
  created_at timestamptz not null default daygen_now(),
  check (debit <> credit),
  unique (cause, kind)
);
create index transfers_workspace on transfers (workspace_id, id desc);
create trigger transfers_append_only before update or delete or truncate on transfers
  for each statement execute function daygen_refuse_edit();

-- One row per call to a provider, whatever came of it; `credits` is what the workspace paid for it.
create table usage (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  user_id uuid,
  key_id uuid,
  job_id uuid not null,
  attempt integer not null,
  provider text not null,
  model text not null,
  operation text not null,
  outcome text not null,
  units integer not null,
  milliseconds bigint not null,
  credits bigint not null,
  cost_micro_usd bigint not null,
  trace_id bytea,
  created_at timestamptz not null default daygen_now(),
  unique (job_id, attempt)
);
create index usage_workspace on usage (workspace_id, id desc);
create trigger usage_append_only before update or delete or truncate on usage
  for each statement execute function daygen_refuse_edit();

-- limits ---------------------------------------------------------------------------------------------------------
-- A sliding minute: 61 counters of one second, the newest first, as of `second` (unix time). Null: no limit.
create table request_windows (
  workspace_id uuid primary key references workspaces,
  per_minute integer check (per_minute > 0),
  second bigint not null default 0,
  counts integer[] not null default array_fill(0, array[61])
);

-- assets ---------------------------------------------------------------------------------------------------------
create table assets (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  job_id uuid,
  key text not null unique,
  content_type text not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  width integer,
  height integer,
  duration_s double precision,
  created_at timestamptz not null default daygen_now(),
  expires_at timestamptz,
  deleted_at timestamptz
);
create index assets_workspace on assets (workspace_id, id desc);

-- jobs -----------------------------------------------------------------------------------------------------------
-- What changes while a job runs stays out of every index but one on `finished_at`, so those updates are cheap (HOT).
create table jobs (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  user_id uuid,
  key_id uuid,
  task_id uuid not null,
  provider text not null,
  model text not null,
  operation text not null,
  count smallint not null check (count between 1 and 16),
  state text not null default 'queued'
    check (state in ('queued', 'starting', 'processing', 'succeeded', 'failed', 'canceled', 'expired')),
  priority smallint not null,
  attempt integer not null default 0,
  attempts integer not null default 0,
  quoted bigint not null check (quoted >= 0),
  charged bigint check (charged between 0 and quoted),
  text text,
  error jsonb,
  warnings jsonb not null default '[]',
  parent_asset_id uuid,
  retry_of uuid,
  trace_id bytea,
  created_at timestamptz not null default daygen_now(),
  deadline_at timestamptz not null,
  started_at timestamptz,
  provider_ms bigint,
  finished_at timestamptz,
  check ((state in ('succeeded', 'failed', 'canceled', 'expired')) = (finished_at is not null)),
  check ((state = 'failed') <= (error is not null))
);
create index jobs_workspace on jobs (workspace_id, id desc);
create index jobs_unfinished on jobs (deadline_at) where finished_at is null;
alter table jobs set (fillfactor = 80);

-- What was ordered: written once, read when the job runs or is shown.
create table job_orders (
  job_id uuid primary key references jobs,
  input jsonb not null,
  metadata jsonb not null
);

create table job_outputs (
  job_id uuid not null references jobs,
  index smallint not null check (index >= 0),
  asset_id uuid not null unique references assets,
  primary key (job_id, index)
);

-- Only the latest value, gone after a crash of the database: the next report is a quarter of a second away.
create sequence job_progress_version;
create unlogged table job_progress (
  job_id uuid primary key,
  workspace_id uuid not null,
  attempt integer not null,
  share real not null,
  version bigint not null default nextval('job_progress_version')
);
create index job_progress_changed on job_progress (version);
