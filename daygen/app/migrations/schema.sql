CREATE FUNCTION public.daygen_ask(claimer uuid, most integer) RETURNS TABLE(id uuid, kind text, payload jsonb, attempt integer, worker_id uuid, failures integer, crashes integer, traceparent text, request_id text, started_at timestamp with time zone)
    LANGUAGE sql
    AS $$
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

CREATE FUNCTION public.daygen_claim(claimer uuid, most integer) RETURNS TABLE(id uuid, kind text, payload jsonb, attempt integer, worker_id uuid, failures integer, crashes integer, traceparent text, request_id text, started_at timestamp with time zone)
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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

CREATE FUNCTION public.daygen_enqueue(task_id uuid, task_kind text, task_payload jsonb, at_pool text, within_pool text, whose uuid, of_member uuid, of_priority smallint, trace text, request text) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.daygen_falter(which text, most integer, lasting interval, pause interval, longest interval, first boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.daygen_next(claimer uuid, most integer) RETURNS TABLE(id uuid, kind text, payload jsonb, attempt integer, worker_id uuid, failures integer, crashes integer, traceparent text, request_id text, started_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.daygen_now() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$select clock_timestamp()$$;

CREATE FUNCTION public.daygen_open_lane(at_pool text, within_pool text, whose uuid, of_priority smallint) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.daygen_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception '% is append-only: correct it with a new row', tg_table_name using errcode = 'restrict_violation';
end $$;

CREATE FUNCTION public.daygen_ring(channel text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
  if pg_try_advisory_xact_lock(7, hashtext(channel)) then
    perform pg_notify(channel, '');
    return true;
  end if;
  return false;
end $$;

CREATE FUNCTION public.daygen_room(which integer) RETURNS integer
    LANGUAGE sql
    AS $$
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

CREATE FUNCTION public.daygen_running(whose uuid) RETURNS integer
    LANGUAGE sql
    AS $$
  select (
    select count(*) from lanes l join tasks t on t.pool = l.pool and t.lane = l.id and t.state = 'running'
    where l.owner = whose
  )::integer + (
    select count(*) from lanes l join tasks t on t.pool = l.pool and t.lane = l.id and t.state = 'abroad'
    where l.owner = whose
  )::integer
$$;

CREATE FUNCTION public.daygen_unpark(whose uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform from shares where owner = whose for no key update;
  update lanes set parked = false where owner = whose and parked;
end $$;

CREATE FUNCTION public.daygen_wake(which integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock_shared(36, which);
  update lanes set active = true where id = which and not active;
end $$;

CREATE TABLE public.accounts (
    workspace_id uuid NOT NULL,
    available bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    CONSTRAINT accounts_available_check CHECK ((available >= 0)),
    CONSTRAINT accounts_held_check CHECK ((held >= 0))
);

CREATE TABLE public.adrift (
    task_id uuid NOT NULL,
    attempt integer NOT NULL,
    pool integer NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE public.api_keys (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid,
    name text NOT NULL,
    prefix text NOT NULL,
    hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);

CREATE TABLE public.arrivals (
    folder text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    taken boolean DEFAULT false NOT NULL
);

CREATE TABLE public.assets (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    job_id uuid,
    key text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    width integer,
    height integer,
    duration_s double precision,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    expires_at timestamp with time zone,
    deleted_at timestamp with time zone,
    filename text
);

CREATE TABLE public.batch_webhooks (
    batch_id uuid NOT NULL,
    url text NOT NULL
);

CREATE TABLE public.batches (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    size smallint NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT batches_size_check CHECK ((size > 0))
);

CREATE TABLE public.event_heads (
    workspace_id uuid NOT NULL,
    seq bigint NOT NULL
);

CREATE TABLE public.events (
    workspace_id uuid NOT NULL,
    seq bigint NOT NULL,
    number bigint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    type text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE public.events ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.holds (
    job_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    amount bigint NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT holds_amount_check CHECK ((amount >= 0)),
    CONSTRAINT holds_check CHECK (((state = 'active'::text) = (closed_at IS NULL))),
    CONSTRAINT holds_state_check CHECK ((state = ANY (ARRAY['active'::text, 'settled'::text, 'released'::text])))
);

CREATE TABLE public.idempotency_keys (
    workspace_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    answer jsonb,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL
);

CREATE TABLE public.job_webhooks (
    job_id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL
);

CREATE VIEW public.job_hooks AS
 SELECT job_webhooks.job_id,
    job_webhooks.url,
    job_webhooks.events
   FROM public.job_webhooks
UNION ALL
 SELECT batch_webhooks.batch_id AS job_id,
    batch_webhooks.url,
    '{}'::text[] AS events
   FROM public.batch_webhooks;

CREATE TABLE public.job_orders (
    job_id uuid NOT NULL,
    input jsonb NOT NULL,
    metadata jsonb NOT NULL
);

CREATE TABLE public.job_outputs (
    job_id uuid NOT NULL,
    index smallint NOT NULL,
    asset_id uuid NOT NULL,
    CONSTRAINT job_outputs_index_check CHECK ((index >= 0))
);

CREATE SEQUENCE public.job_progress_version
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE UNLOGGED TABLE public.job_progress (
    job_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    attempt integer NOT NULL,
    share real NOT NULL,
    version bigint DEFAULT nextval('public.job_progress_version'::regclass) NOT NULL,
    previews jsonb DEFAULT '[]'::jsonb NOT NULL
);

CREATE TABLE public.jobs (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid,
    key_id uuid,
    task_id uuid NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    operation text NOT NULL,
    count smallint NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    priority smallint NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    quoted bigint NOT NULL,
    charged bigint,
    text text,
    error jsonb,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    parent_asset_id uuid,
    retry_of uuid,
    trace_id bytea,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    deadline_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    provider_ms bigint,
    finished_at timestamp with time zone,
    batch_id uuid,
    CONSTRAINT jobs_check CHECK (((charged >= 0) AND (charged <= quoted))),
    CONSTRAINT jobs_check1 CHECK (((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text, 'expired'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT jobs_check2 CHECK (((state = 'failed'::text) <= (error IS NOT NULL))),
    CONSTRAINT jobs_count_check CHECK (((count >= 1) AND (count <= 16))),
    CONSTRAINT jobs_quoted_check CHECK ((quoted >= 0)),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'starting'::text, 'processing'::text, 'succeeded'::text, 'failed'::text, 'canceled'::text, 'expired'::text])))
)
WITH (fillfactor='80');

CREATE TABLE public.lanes (
    id integer NOT NULL,
    pool integer NOT NULL,
    owner uuid NOT NULL,
    vt bigint DEFAULT 0 NOT NULL,
    active boolean DEFAULT false NOT NULL,
    parked boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');

ALTER TABLE public.lanes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.lanes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.members (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    CONSTRAINT members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text])))
);

CREATE VIEW public.numbered_events AS
 SELECT number,
    seq,
    id,
    workspace_id,
    subject,
    type,
    data,
    created_at
   FROM public.events;

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    event_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    subject uuid NOT NULL,
    type text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pools (
    id integer NOT NULL,
    name text NOT NULL,
    within integer,
    cap integer,
    vt bigint DEFAULT 0 NOT NULL,
    paused_until timestamp with time zone,
    served_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    trips integer DEFAULT 0 NOT NULL,
    probing boolean DEFAULT false NOT NULL,
    CONSTRAINT pools_cap_check CHECK ((cap >= 0))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');

ALTER TABLE public.pools ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pools_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.progress_notes AS
 SELECT p.job_id,
    p.workspace_id,
    p.share,
    p.version,
    j.state,
    j.model,
    j.operation,
    j.attempts,
    j.batch_id
   FROM (public.job_progress p
     JOIN public.jobs j ON ((j.id = p.job_id)));

CREATE TABLE public.provider_deliveries (
    provider text NOT NULL,
    delivery_id text NOT NULL,
    ref text NOT NULL,
    received_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL
);

CREATE TABLE public.ranks (
    lane integer NOT NULL,
    priority smallint NOT NULL,
    vt bigint DEFAULT 0 NOT NULL,
    bound bigint DEFAULT 0 NOT NULL,
    next_bound bigint DEFAULT 0 NOT NULL,
    bounded_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.request_windows (
    workspace_id uuid NOT NULL,
    per_minute integer,
    second bigint DEFAULT 0 NOT NULL,
    counts integer[] DEFAULT array_fill(0, ARRAY[61]) NOT NULL,
    CONSTRAINT request_windows_per_minute_check CHECK ((per_minute > 0))
);

CREATE TABLE public.schedules (
    name text NOT NULL,
    owner uuid NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    hash bytea NOT NULL,
    user_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.shares (
    owner uuid NOT NULL,
    weight integer DEFAULT 1 NOT NULL,
    cap integer,
    CONSTRAINT shares_cap_check CHECK ((cap >= 0)),
    CONSTRAINT shares_weight_check CHECK (((weight >= 1) AND (weight <= 1000)))
);

CREATE TABLE public.sign_in_links (
    hash bytea NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE public.socket_tickets (
    hash bytea NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid,
    key_id uuid,
    scopes text[] NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.spans (
    job_id uuid NOT NULL,
    trace_id bytea NOT NULL,
    span_id bytea NOT NULL,
    parent_id bytea,
    name text NOT NULL,
    service text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    duration_us bigint NOT NULL,
    status text DEFAULT 'ok'::text NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE public.submissions (
    job_id uuid NOT NULL,
    round smallint NOT NULL,
    provider text NOT NULL,
    ref text NOT NULL,
    wanted smallint[] NOT NULL,
    state text DEFAULT 'sent'::text NOT NULL,
    ticket jsonb,
    nudged boolean DEFAULT false NOT NULL,
    looks integer DEFAULT 0 NOT NULL,
    lost integer DEFAULT 0 NOT NULL,
    sent_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    ticketed_at timestamp with time zone,
    report jsonb,
    failure jsonb,
    CONSTRAINT submissions_check CHECK (((state = 'ticketed'::text) <= (ticket IS NOT NULL))),
    CONSTRAINT submissions_check1 CHECK (((state = 'collected'::text) = (report IS NOT NULL))),
    CONSTRAINT submissions_check2 CHECK (((state = 'refused'::text) = (failure IS NOT NULL))),
    CONSTRAINT submissions_state_check CHECK ((state = ANY (ARRAY['sent'::text, 'ticketed'::text, 'collected'::text, 'refused'::text, 'void'::text])))
);

CREATE TABLE public.tasks (
    id uuid NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    state text DEFAULT 'ready'::text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    crashes integer DEFAULT 0 NOT NULL,
    run_at timestamp with time zone,
    worker_id uuid,
    started_at timestamp with time zone,
    traceparent text,
    request_id text,
    last_error text,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    lane integer NOT NULL,
    pool integer NOT NULL,
    tag bigint NOT NULL,
    CONSTRAINT tasks_check CHECK (((state = 'running'::text) = (worker_id IS NOT NULL))),
    CONSTRAINT tasks_check1 CHECK (((state <> 'waiting'::text) OR (run_at IS NOT NULL)))
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.transfers (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    amount bigint NOT NULL,
    kind text NOT NULL,
    cause_kind text NOT NULL,
    cause uuid NOT NULL,
    reason text,
    actor uuid,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    CONSTRAINT transfers_amount_check CHECK ((amount > 0)),
    CONSTRAINT transfers_cause_kind_check CHECK ((cause_kind = ANY (ARRAY['job'::text, 'operator'::text]))),
    CONSTRAINT transfers_check CHECK ((debit <> credit)),
    CONSTRAINT transfers_credit_check CHECK ((credit = ANY (ARRAY['house'::text, 'available'::text, 'held'::text, 'spent'::text]))),
    CONSTRAINT transfers_debit_check CHECK ((debit = ANY (ARRAY['house'::text, 'available'::text, 'held'::text, 'spent'::text]))),
    CONSTRAINT transfers_kind_check CHECK ((kind = ANY (ARRAY['grant'::text, 'deduct'::text, 'hold'::text, 'settle'::text, 'release'::text])))
);

CREATE TABLE public.turns (
    lane integer NOT NULL,
    priority smallint NOT NULL,
    member uuid NOT NULL,
    next bigint NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.usage (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid,
    key_id uuid,
    job_id uuid NOT NULL,
    attempt integer NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    operation text NOT NULL,
    outcome text NOT NULL,
    units integer NOT NULL,
    milliseconds bigint NOT NULL,
    credits bigint NOT NULL,
    cost_micro_usd bigint NOT NULL,
    trace_id bytea,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text,
    is_operator boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL
);

CREATE TABLE public.webhook_cursor (
    single boolean DEFAULT true NOT NULL,
    number bigint NOT NULL,
    progress bigint NOT NULL,
    CONSTRAINT webhook_cursor_single_check CHECK (single)
);

CREATE TABLE public.webhook_deliveries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    place bigint NOT NULL,
    workspace_id uuid NOT NULL,
    endpoint_id uuid,
    target uuid NOT NULL,
    subject uuid NOT NULL,
    event_id uuid NOT NULL,
    seq bigint NOT NULL,
    type text NOT NULL,
    event_at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone,
    status smallint,
    latency_ms integer,
    problem text,
    answer text,
    redelivery_of uuid,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT webhook_deliveries_check CHECK (((state = 'pending'::text) = (finished_at IS NULL))),
    CONSTRAINT webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text, 'canceled'::text])))
);

ALTER TABLE public.webhook_deliveries ALTER COLUMN place ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhook_deliveries_place_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_endpoints (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    url text NOT NULL,
    event_types text[] NOT NULL,
    description text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    disabled_reason text,
    generation integer DEFAULT 1 NOT NULL,
    rotated_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    CONSTRAINT webhook_endpoints_check CHECK ((enabled OR (disabled_reason IS NOT NULL)))
);

CREATE TABLE public.webhook_secrets (
    workspace_id uuid NOT NULL,
    generation integer NOT NULL,
    rotated_at timestamp with time zone
);

CREATE TABLE public.webhook_streams (
    target uuid NOT NULL,
    subject uuid NOT NULL,
    workspace_id uuid NOT NULL,
    task_id uuid NOT NULL,
    turn bigint DEFAULT 0 NOT NULL,
    busy_until timestamp with time zone
);

CREATE TABLE public.webhook_tries (
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    outcome text NOT NULL,
    status smallint,
    latency_ms integer NOT NULL,
    problem text,
    answer text
);

CREATE TABLE public.workers (
    id uuid NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    longest_call interval DEFAULT '00:10:00'::interval NOT NULL,
    slots integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.workspaces (
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone DEFAULT public.daygen_now() NOT NULL,
    CONSTRAINT workspaces_kind_check CHECK ((kind = ANY (ARRAY['personal'::text, 'team'::text])))
);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.adrift
    ADD CONSTRAINT adrift_pkey PRIMARY KEY (task_id, attempt);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.arrivals
    ADD CONSTRAINT arrivals_pkey PRIMARY KEY (folder);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_key_key UNIQUE (key);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.batch_webhooks
    ADD CONSTRAINT batch_webhooks_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT batches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_heads
    ADD CONSTRAINT event_heads_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_number_key UNIQUE (number);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (workspace_id, seq);

ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key);

ALTER TABLE ONLY public.job_orders
    ADD CONSTRAINT job_orders_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.job_outputs
    ADD CONSTRAINT job_outputs_asset_id_key UNIQUE (asset_id);

ALTER TABLE ONLY public.job_outputs
    ADD CONSTRAINT job_outputs_pkey PRIMARY KEY (job_id, index);

ALTER TABLE ONLY public.job_progress
    ADD CONSTRAINT job_progress_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.job_webhooks
    ADD CONSTRAINT job_webhooks_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_owner_pool_key UNIQUE (owner, pool);

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (workspace_id, user_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_name_key UNIQUE (name);

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provider_deliveries
    ADD CONSTRAINT provider_deliveries_pkey PRIMARY KEY (provider, delivery_id);

ALTER TABLE ONLY public.ranks
    ADD CONSTRAINT ranks_pkey PRIMARY KEY (lane, priority);

ALTER TABLE ONLY public.request_windows
    ADD CONSTRAINT request_windows_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.socket_tickets
    ADD CONSTRAINT socket_tickets_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.spans
    ADD CONSTRAINT spans_pkey PRIMARY KEY (job_id, span_id);

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (job_id, round);

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_ref_key UNIQUE (ref);

ALTER TABLE public.tasks
    ADD CONSTRAINT tasks_abroad_check CHECK (((state <> 'abroad'::text) OR (run_at IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);

ALTER TABLE public.tasks
    ADD CONSTRAINT tasks_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'running'::text, 'waiting'::text, 'abroad'::text, 'dead'::text]))) NOT VALID;

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_cause_kind_key UNIQUE (cause, kind);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (lane, priority, member);

ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_job_id_attempt_key UNIQUE (job_id, attempt);

ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_cursor
    ADD CONSTRAINT webhook_cursor_pkey PRIMARY KEY (single);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_place_key UNIQUE (place);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_secrets
    ADD CONSTRAINT webhook_secrets_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.webhook_streams
    ADD CONSTRAINT webhook_streams_pkey PRIMARY KEY (target, subject);

ALTER TABLE ONLY public.webhook_tries
    ADD CONSTRAINT webhook_tries_pkey PRIMARY KEY (delivery_id, number);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

CREATE INDEX adrift_pool ON public.adrift USING btree (pool);

CREATE INDEX api_keys_workspace ON public.api_keys USING btree (workspace_id, id DESC);

CREATE INDEX arrivals_due ON public.arrivals USING btree (due_at);

CREATE INDEX assets_workspace ON public.assets USING btree (workspace_id, id DESC);

CREATE INDEX batches_workspace ON public.batches USING btree (workspace_id, id DESC);

CREATE INDEX events_created ON public.events USING btree (created_at);

CREATE INDEX events_subject ON public.events USING btree (subject, seq);

CREATE INDEX holds_active ON public.holds USING btree (workspace_id) WHERE (state = 'active'::text);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX job_progress_changed ON public.job_progress USING btree (version);

CREATE INDEX jobs_batch ON public.jobs USING btree (batch_id, id) WHERE (batch_id IS NOT NULL);

CREATE INDEX jobs_unfinished ON public.jobs USING btree (deadline_at) WHERE (finished_at IS NULL);

CREATE INDEX jobs_workspace ON public.jobs USING btree (workspace_id, id DESC);

CREATE INDEX lanes_next ON public.lanes USING btree (pool, vt, id) WHERE (active AND (NOT parked));

CREATE INDEX members_user ON public.members USING btree (user_id);

CREATE INDEX provider_deliveries_received ON public.provider_deliveries USING btree (received_at);

CREATE INDEX sessions_user ON public.sessions USING btree (user_id);

CREATE INDEX tasks_abroad ON public.tasks USING btree (run_at) WHERE (state = 'abroad'::text);

CREATE INDEX tasks_abroad_in ON public.tasks USING btree (pool, lane) WHERE (state = 'abroad'::text);

CREATE INDEX tasks_ready ON public.tasks USING btree (lane, priority, tag, id) WHERE (state = 'ready'::text);

CREATE INDEX tasks_running ON public.tasks USING btree (worker_id) WHERE (state = 'running'::text);

CREATE INDEX tasks_running_in ON public.tasks USING btree (pool, lane) WHERE (state = 'running'::text);

CREATE INDEX tasks_waiting ON public.tasks USING btree (run_at) WHERE (state = 'waiting'::text);

CREATE INDEX transfers_workspace ON public.transfers USING btree (workspace_id, id DESC);

CREATE INDEX usage_workspace ON public.usage USING btree (workspace_id, id DESC);

CREATE UNIQUE INDEX users_email ON public.users USING btree (lower(email));

CREATE INDEX webhook_deliveries_created ON public.webhook_deliveries USING btree (created_at);

CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (target, subject, place) WHERE (state = 'pending'::text);

CREATE INDEX webhook_deliveries_workspace ON public.webhook_deliveries USING btree (workspace_id, place DESC);

CREATE INDEX webhook_endpoints_workspace ON public.webhook_endpoints USING btree (workspace_id, id DESC);

CREATE TRIGGER transfers_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.transfers FOR EACH STATEMENT EXECUTE FUNCTION public.daygen_refuse_edit();

CREATE TRIGGER usage_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.usage FOR EACH STATEMENT EXECUTE FUNCTION public.daygen_refuse_edit();

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.adrift
    ADD CONSTRAINT adrift_pool_fkey FOREIGN KEY (pool) REFERENCES public.pools(id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.batch_webhooks
    ADD CONSTRAINT batch_webhooks_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.batches(id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT batches_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.accounts(workspace_id);

ALTER TABLE ONLY public.job_orders
    ADD CONSTRAINT job_orders_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id);

ALTER TABLE ONLY public.job_outputs
    ADD CONSTRAINT job_outputs_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

ALTER TABLE ONLY public.job_outputs
    ADD CONSTRAINT job_outputs_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id);

ALTER TABLE ONLY public.job_webhooks
    ADD CONSTRAINT job_webhooks_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.batches(id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_owner_fkey FOREIGN KEY (owner) REFERENCES public.shares(owner);

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pool_fkey FOREIGN KEY (pool) REFERENCES public.pools(id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_within_fkey FOREIGN KEY (within) REFERENCES public.pools(id);

ALTER TABLE ONLY public.ranks
    ADD CONSTRAINT ranks_lane_fkey FOREIGN KEY (lane) REFERENCES public.lanes(id);

ALTER TABLE ONLY public.request_windows
    ADD CONSTRAINT request_windows_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.socket_tickets
    ADD CONSTRAINT socket_tickets_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);

ALTER TABLE ONLY public.socket_tickets
    ADD CONSTRAINT socket_tickets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.socket_tickets
    ADD CONSTRAINT socket_tickets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.accounts(workspace_id);

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_lane_priority_fkey FOREIGN KEY (lane, priority) REFERENCES public.ranks(lane, priority);

ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.webhook_secrets
    ADD CONSTRAINT webhook_secrets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.webhook_tries
    ADD CONSTRAINT webhook_tries_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES public.webhook_deliveries(id) ON DELETE CASCADE;
