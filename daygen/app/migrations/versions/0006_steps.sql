-- Steps: orders that wait at their provider, what providers tell us about them, and breakers.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- A task that is abroad has an order at its provider: no worker and no lease, but still its place in the pool. At
-- `run_at` somebody asks how far the order is.
alter table tasks drop constraint tasks_state_check;
alter table tasks add constraint tasks_state_check
  check (state in ('ready', 'running', 'waiting', 'abroad', 'dead')) not valid;
alter table tasks add constraint tasks_abroad_check check (state <> 'abroad' or run_at is not null) not valid;
create index tasks_abroad on tasks (run_at) where state = 'abroad';
create index tasks_abroad_in on tasks (pool, lane) where state = 'abroad';

-- The breaker of a provider: failures one after the other, since when, how often it was tried in vain since it opened.
-- While `probing` one task at a time may run in the pool, to find out.
alter table pools add column failures integer not null default 0, add column failing_since timestamptz,
  add column trips integer not null default 0, add column probing boolean not null default false;

-- A call to a provider failed, the `first` one of its task or not: only those count. So many in a row, each within `lasting` of the first, open its breaker: the pool is paused,
-- and then one task at a time finds out, until one succeeds. Each one that does not doubles the pause. Whether it is open.
create function daygen_falter(which text, most integer, lasting interval, pause interval, longest interval, first boolean)
returns boolean language plpgsql as $$
declare
  p pools;
  again boolean;
begin
  select * into p from pools where name = which for no key update;
  if not found or not (first or p.probing) then
    return false;
  end if;
  again := coalesce(p.failing_since > daygen_now() - lasting, false);
  p.failures := case when again then p.failures + 1 else 1 end;
  p.failing_since := case when again then p.failing_since else daygen_now() end;
  p.probing := p.probing or p.failures >= most;
  if p.probing and coalesce(p.paused_until, '-infinity') <= daygen_now() then
    p.paused_until := daygen_now() + least(pause * 2 ^ least(p.trips, 20), longest);
    p.trips := p.trips + 1;
  end if;
  update pools set failures = p.failures, failing_since = p.failing_since, probing = p.probing,
    paused_until = p.paused_until, trips = p.trips where id = p.id;
  return p.probing;
end $$;

-- How many more tasks may run in a pool, by its own cap and that of the pool it lies within, and by their breakers; null
-- when nothing bounds it.
create or replace function daygen_room(which integer) returns integer language sql as $$
  select min(least(w.cap - u.running - u.abroad - u.adrift, case when w.probing then 1 - u.running end))::integer
  from pools p join pools w on w.id in (p.id, p.within) cross join lateral (
    select (
      select count(*) from tasks t where t.state = 'running' and t.pool in (select id from pools where w.id in (id, within))
    ) running, (
      select count(*) from tasks t where t.state = 'abroad' and t.pool in (select id from pools where w.id in (id, within))
    ) abroad, (
      select count(*) from adrift a
      where a.until > daygen_now() and a.pool in (select id from pools where w.id in (id, within))
    ) adrift
  ) u where p.id = which and (w.cap is not null or w.probing)
$$;

-- How many tasks of a workspace run, in all its lanes; those that are abroad do.
create or replace function daygen_running(whose uuid) returns integer language sql as $$
  select (
    select count(*) from lanes l join tasks t on t.pool = l.pool and t.lane = l.id and t.state = 'running'
    where l.owner = whose
  )::integer + (
    select count(*) from lanes l join tasks t on t.pool = l.pool and t.lane = l.id and t.state = 'abroad'
    where l.owner = whose
  )::integer
$$;

-- Claim up to `most` tasks that are to ask after their orders. They have a place and need none.
create function daygen_ask(claimer uuid, most integer)
returns table (
  id uuid, kind text, payload jsonb, attempt integer, worker_id uuid, failures integer, crashes integer,
  traceparent text, request_id text, started_at timestamptz
)
language sql as $$
  with due as (
    select t.id from tasks t where t.state = 'abroad' and t.run_at <= daygen_now()
      and exists (select from workers w where w.id = claimer and w.lease_until >= daygen_now())
    order by t.run_at limit most for update skip locked
  )
  update tasks t set state = 'running', attempt = t.attempt + 1, run_at = null, worker_id = claimer,
    started_at = daygen_now()
  from due where t.id = due.id
  returning t.id, t.kind, t.payload, t.attempt, t.worker_id, t.failures, t.crashes, t.traceparent, t.request_id,
    t.started_at
$$;

-- Claim up to `most` tasks. Where there are both, half of them ask after orders and half begin, so that neither a crowd
-- of orders under way nor a crowd of new ones keeps the other waiting; of a single one chance decides.
create function daygen_next(claimer uuid, most integer)
returns table (
  id uuid, kind text, payload jsonb, attempt integer, worker_id uuid, failures integer, crashes integer,
  traceparent text, request_id text, started_at timestamptz
)
language plpgsql as $$
#variable_conflict use_column
declare
  asking constant boolean := exists (select from tasks where state = 'abroad' and run_at <= daygen_now());
  free integer := most;
  got integer;
begin
  if asking then
    return query select * from daygen_ask(claimer, floor(most / 2.0 + random())::integer);
    get diagnostics got = row_count;
    free := free - got;
  end if;
  if free > 0 then
    return query select * from daygen_claim(claimer, free);
    get diagnostics got = row_count;
    free := free - got;
  end if;
  if asking and free > 0 then
    return query select * from daygen_ask(claimer, free);
  end if;
end $$;

-- Orders as they were sent to providers, one row for each: committed before their first byte leaves. `ref` is what the
-- provider knows it by. `sent`: nobody knows yet whether it arrived; `ticketed`: it did, and `ticket` leads to it;
-- `collected`: it is done; `refused`: it came to nothing, finally; `void`: to nothing, and it may be ordered again.
-- `nudged`: its provider has told us something since we last asked.
create table submissions (
  job_id uuid not null references jobs,
  round smallint not null,
  provider text not null,
  ref text not null unique,
  wanted smallint[] not null,
  state text not null default 'sent' check (state in ('sent', 'ticketed', 'collected', 'refused', 'void')),
  ticket jsonb,
  nudged boolean not null default false,
  looks integer not null default 0,
  lost integer not null default 0,
  sent_at timestamptz not null default daygen_now(),
  ticketed_at timestamptz,
  report jsonb,
  failure jsonb,
  primary key (job_id, round),
  check ((state = 'ticketed') <= (ticket is not null)),
  check ((state = 'collected') = (report is not null)),
  check ((state = 'refused') = (failure is not null))
);

-- What providers told us, each once.
create table provider_deliveries (
  provider text not null,
  delivery_id text not null,
  ref text not null,
  received_at timestamptz not null default daygen_now(),
  primary key (provider, delivery_id)
);
create index provider_deliveries_received on provider_deliveries (received_at);
