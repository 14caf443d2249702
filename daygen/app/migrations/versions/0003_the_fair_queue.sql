set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- A capacity that tasks share: a model's, which lies within its provider's, or the house's own. A claim locks every pool
-- it may take from, wider ones first, so what it then counts as running can only become less. `vt` is the pool's virtual
-- time: the start of the task that was claimed last.
create table pools (
  id integer generated always as identity primary key,
  name text not null unique,
  within integer references pools,
  cap integer check (cap >= 0),
  vt bigint not null default 0,
  paused_until timestamptz,
  served_at timestamptz not null default '-infinity'
);
alter table pools set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- What a workspace is entitled to: its weight against others, and how much of its work may run at once. Where there is a
-- cap, whoever ends a task of it takes this row's lock, so that a claim and an end never miss each other.
create table shares (
  owner uuid primary key,
  weight integer not null default 1 check (weight between 1 and 1000),
  cap integer check (cap >= 0)
);

-- One workspace's place at one pool. The lane with the least virtual time is served next. `active`: it may have a ready
-- task; `parked`: its workspace runs as much as it may.
create table lanes (
  id integer generated always as identity primary key,
  pool integer not null references pools,
  owner uuid not null references shares,
  vt bigint not null default 0,
  active boolean not null default false,
  parked boolean not null default false,
  unique (owner, pool)
);
create index lanes_next on lanes (pool, vt, id) where active and not parked;
alter table lanes set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- The tasks of one priority in a lane: `vt` is the tag of the one claimed last, and no tag is given out below it. What
-- lies before `bound` has been claimed: a claim starts to read there, past what vacuum cannot clean up yet.
create table ranks (
  lane integer references lanes,
  priority smallint,
  vt bigint not null default 0,
  bound bigint not null default 0,
  next_bound bigint not null default 0,
  bounded_at timestamptz not null default daygen_now(),
  primary key (lane, priority)
);
alter table ranks set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- Whose turn it is among the members of one workspace: the tag of a member's next task.
create table turns (
  lane integer,
  priority smallint,
  member uuid,
  next bigint not null,
  primary key (lane, priority, member),
  foreign key (lane, priority) references ranks
);
alter table turns set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- Calls that may still be in flight at a provider although the queue took their task from the worker that made them.
-- They keep their place in the pool until that worker says that they have ended, or until they must have.
create table adrift (
  task_id uuid,
  attempt integer,
  pool integer not null references pools,
  until timestamptz not null,
  primary key (task_id, attempt)
);
create index adrift_pool on adrift (pool);

-- How long a call of this worker takes at most; it gives up what takes longer.
alter table workers add column longest_call interval not null default interval '10 minutes';

-- Wake a lane that has a ready task. Held until the task is visible, the lock keeps a claim from putting the lane to sleep
-- because it does not see it yet. The lock first, the look second: each statement in here sees the present.
create function daygen_wake(which integer) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(36, which);
  update lanes set active = true where id = which and not active;
end $$;

-- A task of this workspace has ended: its parked lanes may be served again.
create function daygen_unpark(whose uuid) returns void language plpgsql as $$
begin
  perform from shares where owner = whose for no key update;
  update lanes set parked = false where owner = whose and parked;
end $$;

-- Make sure that there is a lane with this rank, and everything it stands on; returns the lane.
create function daygen_open_lane(at_pool text, within_pool text, whose uuid, of_priority smallint) returns integer
language plpgsql as $$
declare
  opened integer;
begin
  if within_pool is not null then
    insert into pools (name) values (within_pool) on conflict do nothing;
  end if;
  insert into pools (name, within) values (at_pool, (select id from pools where name = within_pool))
    on conflict do nothing;
  insert into shares (owner) values (whose) on conflict do nothing;
  insert into lanes (pool, owner, vt) select id, whose, vt from pools where name = at_pool on conflict do nothing;
  select l.id into strict opened from lanes l join pools p on p.id = l.pool where p.name = at_pool and l.owner = whose;
  insert into ranks (lane, priority) values (opened, of_priority) on conflict do nothing;
  return opened;
end $$;

alter table tasks rename column lane to owner;
alter table tasks add column lane integer, add column pool integer, add column tag bigint not null default 0;
update tasks t set lane = daygen_open_lane(
    coalesce(j.model, 'house'), j.provider, coalesce(t.owner, '00000000-0000-0000-0000-000000000000'), t.priority)
from tasks self left join jobs j on j.task_id = self.id where self.id = t.id;
update tasks t set pool = l.pool from lanes l where l.id = t.lane;
update lanes l set active = true where exists (select from tasks t where t.lane = l.id and t.state = 'ready');
alter table tasks drop column owner, alter column lane set not null, alter column pool set not null,
  alter column tag drop default;

drop index tasks_ready;
create index tasks_ready on tasks (lane, priority, tag, id) where state = 'ready';
create index tasks_running_in on tasks (pool, lane) where state = 'running';

-- Put a task into its lane. Without a member it is stamped with the present: first come, first served; with one, with
-- that member's turn, so that members who have waiting tasks are served in turn.
create function daygen_enqueue(
  task_id uuid, task_kind text, task_payload jsonb, at_pool text, within_pool text, whose uuid, of_member uuid,
  of_priority smallint, trace text, request text
) returns void language plpgsql as $$
declare
  place record;
  stamp bigint;
begin
  loop
    select l.id, l.pool, r.vt into place
    from lanes l join pools p on p.id = l.pool join ranks r on r.lane = l.id and r.priority = of_priority
    where p.name = at_pool and l.owner = whose;
    exit when found;
    perform daygen_open_lane(at_pool, within_pool, whose, of_priority);
  end loop;
  stamp := place.vt;
  if of_member is not null then
    insert into turns as t (lane, priority, member, next) values (place.id, of_priority, of_member, place.vt + 1)
    on conflict (lane, priority, member) do update set next = greatest(t.next, place.vt) + 1
    returning next - 1 into stamp;
  end if;
  insert into tasks (id, kind, payload, lane, pool, priority, tag, traceparent, request_id)
  values (task_id, task_kind, task_payload, place.id, place.pool, of_priority, stamp, trace, request);
  perform daygen_wake(place.id);
end $$;

-- How many more tasks may run in a pool, by its own cap and that of the pool it lies within; null when there is no cap.
create function daygen_room(which integer) returns integer language sql as $$
  select min(w.cap - (
    select count(*) from tasks t where t.state = 'running' and t.pool in (select id from pools where w.id in (id, within))
  ) - (
    select count(*) from adrift a
    where a.until > daygen_now() and a.pool in (select id from pools where w.id in (id, within))
  ))::integer
  from pools p join pools w on w.id in (p.id, p.within) where p.id = which and w.cap is not null
$$;

-- How many tasks of a workspace run, in all its lanes.
create function daygen_running(whose uuid) returns integer language sql as $$
  select count(*)::integer from lanes l join tasks t on t.pool = l.pool and t.lane = l.id and t.state = 'running'
  where l.owner = whose
$$;

-- Claim up to `most` ready tasks for a worker whose lease is good: from pools with room, of each the lanes with the least
-- virtual time, of each of those the highest priority and the lowest tag first. A lane that is served moves on by the
-- reciprocal of its weight for every task.
--
-- Lock first, look second: a statement that had to wait for a lock sees everything else as it was before. Here every
-- statement has a snapshot of its own, taken when the locks are held. The plans must not depend on statistics, which on
-- tables that fill and empty are always of another time.
create function daygen_claim(claimer uuid, most integer)
returns table (
  id uuid, kind text, payload jsonb, attempt integer, worker_id uuid, failures integer, crashes integer,
  traceparent text, request_id text, started_at timestamptz
)
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
  cost constant bigint := 1000000;  -- of a task, at weight 1
  free integer := most;
  locked integer[];
  serving integer[];
  pool_id integer;
  visited integer := 0;
  room integer;
  looked integer[];
  batch integer[];
  mine uuid[];
  chosen uuid[];
  stocked integer[];
  each integer;
  got integer;
  full_batch boolean;
begin
  -- What has waited long enough is ready. Its tag is not below the present: nobody would look there.
  for each in
    with due as (
      select id from tasks where state = 'waiting' and run_at <= daygen_now() order by run_at limit 200
      for update skip locked
    ), moved as (
      update tasks t set state = 'ready', run_at = null, tag = greatest(t.tag, r.vt)
      from due, ranks r where t.id = due.id and r.lane = t.lane and r.priority = t.priority returning t.lane
    )
    select distinct lane from moved order by lane
  loop
    perform daygen_wake(each);
  end loop;

  -- Lock every pool that has something to give. A pool is younger than the one it lies within.
  select array_agg(p.id) into locked from (
    select id from pools where id in (
      select unnest(array[o.id, o.within]) from pools o
      where exists (select from lanes l where l.pool = o.id and l.active and not l.parked)
    ) order by id for no key update
  ) p;
  if locked is null
    or not exists (select from workers w where w.id = claimer and w.lease_until >= daygen_now()) then
    return;
  end if;

  select array_agg(p.id order by p.served_at, p.id) into serving from pools p left join pools w on w.id = p.within
    where p.id = any(locked) and coalesce(greatest(p.paused_until, w.paused_until), '-infinity') <= daygen_now()
      and exists (select from lanes l where l.pool = p.id and l.active and not l.parked);
  foreach pool_id in array coalesce(serving, '{}') loop
    exit when free <= 0;
    room := least(ceil(free::numeric / (cardinality(serving) - visited)), daygen_room(pool_id));
    visited := visited + 1;
    looked := '{}';
    while room > 0 loop
      select array_agg(l.id order by l.vt, l.id) into batch from (
        select id, vt from lanes where pool = pool_id and active and not parked and id <> all(looked)
        order by vt, id limit room
      ) l;
      exit when batch is null;
      looked := looked || batch;

      -- Capped workspaces: lock their share, and then count. One that a finishing task has locked is left for later.
      mine := '{}';
      if exists (select from shares s join lanes l on l.owner = s.owner where l.id = any(batch) and s.cap is not null) then
        select coalesce(array_agg(s.owner), '{}') into mine from (
          select s.owner from shares s where s.cap is not null
            and s.owner in (select l.owner from lanes l where l.id = any(batch)) order by s.owner
          for no key update skip locked
        ) s;
      end if;

      -- Look: in the order in which they would start, as many as there is room for.
      with lane as materialized (
        select l.id, greatest(l.vt, p.vt) as start, s.weight, case
            when s.cap is null then room
            when s.owner = any(mine) then least(room, s.cap - daygen_running(s.owner))
            else 0 end as may
        from lanes l join shares s on s.owner = l.owner join pools p on p.id = l.pool where l.id = any(batch)
      ), candidate as materialized (
        select l.id as lane, t.id,
          l.start + (row_number() over (partition by l.id order by t.priority desc, t.tag, t.id) - 1) * cost / l.weight as start
        from lane l cross join lateral (
          select t.id, t.priority, t.tag from ranks r cross join lateral (
            select t.id, t.priority, t.tag from tasks t
            where t.state = 'ready' and t.lane = l.id and t.priority = r.priority and t.tag >= r.bound
            order by t.tag, t.id limit greatest(least(l.may, 2 * room / cardinality(batch) + 4), 0)
          ) t where r.lane = l.id
          order by t.priority desc, t.tag, t.id limit greatest(least(l.may, 2 * room / cardinality(batch) + 4), 0)
        ) t
      )
      select (array_agg(c.id order by c.start, c.lane, c.id))[1:room],
        array_agg(distinct c.lane) || array(select l.id from lane l where l.may <= 0)
      into chosen, stocked from candidate c;

      -- Take. Only a cancel can have a chosen task locked.
      return query
      with taken as materialized (
        select t.id, t.lane, t.priority, t.tag from tasks t where t.id = any(chosen) and t.state = 'ready'
        for update skip locked
      ), moved as (
        update tasks t set state = 'running', attempt = t.attempt + 1, worker_id = claimer, started_at = daygen_now()
        from taken where t.id = taken.id
        returning t.id, t.kind, t.payload, t.attempt, t.worker_id, t.failures, t.crashes, t.traceparent, t.request_id,
          t.started_at
      ), counted as materialized (
        select lane, count(*) as n from taken group by lane
      ), served as (
        update lanes l set vt = greatest(l.vt, p.vt) + c.n * cost / s.weight
        from counted c, pools p, shares s where l.id = c.lane and p.id = l.pool and s.owner = l.owner
        returning l.id
      ), ranked as (
        update ranks r set vt = x.tag from (select lane, priority, max(tag) as tag from taken group by 1, 2) x
        where r.lane = x.lane and r.priority = x.priority and r.vt < x.tag
      ), timed as (
        update pools p set served_at = daygen_now(), vt = greatest(p.vt, (
          select min(l.vt) from lanes l join counted c on c.lane = l.id))
        where p.id = pool_id and exists (select from counted)
      )
      select m.* from moved m;
      get diagnostics got = row_count;
      full_batch := cardinality(batch) >= room;
      room := room - got;
      free := free - got;

      -- Park the lanes of those that now run as much as they may.
      update lanes l set parked = true from shares s
      where l.id = any(batch) and s.owner = l.owner and s.owner = any(mine) and s.cap <= daygen_running(s.owner);

      -- Put empty lanes to sleep, unless a task is on its way into one.
      foreach each in array batch loop
        if each = any(stocked) is not true and pg_try_advisory_xact_lock(36, each) then
          update lanes l set active = false where l.id = each and not exists (
            select from ranks r join tasks t on t.lane = r.lane and t.priority = r.priority and t.tag >= r.bound
            where r.lane = each and t.state = 'ready');
        end if;
      end loop;
      exit when not full_batch;
    end loop;
  end loop;
end $$;
