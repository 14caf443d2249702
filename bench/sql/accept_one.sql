-- Accept one order in one statement: what the machine can do at most, with one commit an order. For pgbench.
-- The verdict is taken once, from rows that are locked by then (so it sees their newest versions), and everything is
-- written from that verdict. It leaves what `POST /v1/jobs` leaves: the audit of the house holds afterwards.
\set number random(1, :workspaces)
\set seed random(0, 1000000)
with orders as materialized (
  select ('00000000-0000-7000-8000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid workspace_id,
    uuidv7() job_id, uuidv7() task_id, 1000::bigint price
), locked_window as materialized (  -- first lock: the rate window
  select o.*, w.per_minute, w.second, w.counts
  from orders o join request_windows w using (workspace_id) for no key update of w
), moved_window as materialized (  -- the clock is read after the lock: in a queue of waiters it would run backwards
  select l.*, least(greatest(extract(epoch from daygen_now())::bigint - l.second, 0), 61)::int passed
  from locked_window l
), slid_window as materialized (
  select m.*, case when passed = 0 then counts else array_fill(0, array[passed]) || counts[1:61 - passed] end slid
  from moved_window m
), locked_account as materialized (  -- second lock: the account
  select s.*, a.available
  from slid_window s join accounts a using (workspace_id) for no key update of a
), accepted as materialized (
  select * from locked_account
  where available >= price and (per_minute is null or (select sum(used) from unnest(slid) used) < per_minute)
), count_request as (
  update request_windows w set second = a.second + a.passed, counts = (a.slid[1] + 1) || a.slid[2:61]
  from accepted a where w.workspace_id = a.workspace_id
), set_aside as (
  update accounts c set available = c.available - a.price, held = c.held + a.price
  from accepted a where c.workspace_id = a.workspace_id
), hold as (
  insert into holds (job_id, workspace_id, amount) select job_id, workspace_id, price from accepted
), transfer as (
  insert into transfers (id, workspace_id, debit, credit, amount, kind, cause_kind, cause)
  select uuidv7(), workspace_id, 'available', 'held', price, 'hold', 'job', job_id from accepted
), job as (
  insert into jobs (id, workspace_id, task_id, provider, model, operation, count, priority, quoted, deadline_at)
  select job_id, workspace_id, task_id, 'fake', 'fake/image', 'text_to_image', 1, 0, price,
    daygen_now() + interval '1 hour' from accepted
), job_order as (
  insert into job_orders (job_id, input, metadata)
  select job_id, jsonb_build_object('prompt', 'a lighthouse at dusk, long exposure, seen from the harbour wall',
    'seed', :seed::bigint), '{"source": "bench"}' from accepted
), task as materialized (  -- the ids in here are as long as the public form, which only the application makes
  select daygen_enqueue(task_id, 'RunJob', jsonb_build_object('jobId', 'job_' || left(replace(job_id::text, '-', ''), 26)),
    'fake/image', 'fake', workspace_id, workspace_id, 0::smallint, null, null) from accepted
), fact as (
  insert into outbox (event_id, workspace_id, subject, type, data)
  select uuidv7(), workspace_id, job_id, 'job.queued', jsonb_build_object(
    'jobId', 'job_' || left(replace(job_id::text, '-', ''), 26), 'status', 'queued', 'progress', 0,
    'model', 'fake/image', 'operation', 'text_to_image', 'attempts', 0, 'outputs', '[]'::jsonb, 'error', null,
    'cost', '{"quotedCredits": 1, "chargedCredits": null}'::jsonb, 'input', jsonb_build_object('prompt',
    'a lighthouse at dusk, long exposure, seen from the harbour wall', 'seed', :seed::bigint), 'count', 1,
    'createdAt', daygen_now()) from accepted
)
select job_id, (select count(*) from task), daygen_ring('daygen_tasks'), daygen_ring('daygen_outbox') from accepted;
