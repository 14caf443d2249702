with lots as materialized (  -- what waits together, in the order it came: an order, or a batch of them, accepted whole or not
  select * from unnest(
    $1::uuid[], $2::int[], $3::bigint[], $4::text[], $5::bytea[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::text[]
  ) with ordinality as lots (
    workspace_id, jobs, quoted, key, fingerprint, answer, batch_id, event_id, fact, hook_url, lot)
), orders as materialized (
  select * from unnest(
    $11::int[], $12::uuid[], $13::uuid[], $14::uuid[], $15::uuid[], $16::uuid[], $17::text[], $18::text[], $19::text[],
    $20::smallint[], $21::smallint[], $22::bigint[], $23::uuid[], $24::uuid[], $25::bytea[], $26::interval[],
    $27::text[], $28::text[], $29::text[], $30::text[], $31::text[], $32::uuid[], $33::text[], $34::uuid[],
    $35::text[], $36::text[], $37::uuid[]
  ) with ordinality as orders (
    lot, job_id, workspace_id, user_id, key_id, task_id, provider, model, operation,
    count, priority, quoted, parent_asset_id, retry_of, trace_id, deadline,
    input, metadata, payload, traceparent, request_id, event_id, fact, transfer_id,
    hook_url, hook_events, batch_id, place)
), windows as materialized (  -- limits.admit: the first lock, in one order everywhere
  select workspace_id, per_minute, second, counts from request_windows
  where workspace_id = any($1) order by workspace_id for update
), purses as materialized (  -- ledger.hold: the second lock
  select workspace_id, available from accounts
  where workspace_id = any($1) and (select count(*) from windows) >= 0 order by workspace_id for update
), guards as materialized (  -- both as they are under their locks; the clock is read after them, it never runs backwards
  select windows.workspace_id, per_minute, available, this_second,
    case when passed = 0 then counts else array_fill(0, array[passed]) || counts[1:61 - passed] end counts
  from windows join purses using (workspace_id)
    cross join lateral (select greatest(second, extract(epoch from daygen_now())::bigint) this_second) clock
    cross join lateral (select least(this_second - second, 61)::int passed) moved
), used as materialized (
  select workspace_id, per_minute, available, (select sum(n) from unnest(counts) n) requests from guards
), known as materialized (  -- http.once: what was answered before under the same key
  select lot, kept.status, kept.answer, kept.fingerprint
  from lots join idempotency_keys kept using (workspace_id, key)
), judged as materialized (  -- each lot as if all before it were accepted: what does not fit then is looked at again below
  select lots.*, first_of_key.lot is not null or lots.key is null is_first,
    sum(quoted) over earlier <= used.available fits_purse,
    per_minute is null or requests + sum(jobs) over earlier <= per_minute fits_window
  from lots join used using (workspace_id)
    left join (select min(lot) lot from lots where key is not null group by workspace_id, key) first_of_key using (lot)
  where lots.lot not in (select lot from known)
  window earlier as (partition by workspace_id order by lots.lot)
), taken as (
  insert into idempotency_keys (workspace_id, key, fingerprint, status, answer)
  select workspace_id, key, fingerprint, 202, answer::jsonb from judged
  where key is not null and is_first and fits_purse and fits_window
  on conflict do nothing
  returning workspace_id, key
), chosen as materialized (  -- the one decision; everything below is written from it
  select * from judged where fits_purse and fits_window
    and (key is null or is_first and (workspace_id, key) in (select workspace_id, key from taken))
), accepted as materialized (
  select * from orders where lot in (select lot from chosen)
), sums as materialized (
  select workspace_id, sum(jobs)::int requests, sum(quoted)::bigint quoted from chosen group by workspace_id
), count_requests as (
  update request_windows set second = this_second, counts = (guards.counts[1] + requests) || guards.counts[2:61]
  from sums join guards using (workspace_id)
  where request_windows.workspace_id = sums.workspace_id and guards.per_minute is not null
), set_aside as (
  update accounts set available = accounts.available - quoted, held = held + quoted
  from sums where accounts.workspace_id = sums.workspace_id
), add_holds as (
  insert into holds (job_id, workspace_id, amount) select job_id, workspace_id, quoted from accepted
), append_transfers as (
  insert into transfers (id, workspace_id, debit, credit, amount, kind, cause_kind, cause)
  select transfer_id, workspace_id, 'available', 'held', quoted, 'hold', 'job', job_id from accepted where quoted > 0
), add_batches as (
  insert into batches (id, workspace_id, size) select batch_id, workspace_id, jobs from chosen where batch_id is not null
), add_batch_hooks as (
  insert into batch_webhooks (batch_id, url) select batch_id, hook_url from chosen where hook_url is not null
), add_jobs as (
  insert into jobs (id, workspace_id, user_id, key_id, task_id, provider, model, operation, count, priority, quoted,
    parent_asset_id, retry_of, trace_id, deadline_at, batch_id)
  select job_id, workspace_id, user_id, key_id, task_id, provider, model, operation, count, priority, quoted,
    parent_asset_id, retry_of, trace_id, daygen_now() + deadline, batch_id from accepted
), add_orders as (
  insert into job_orders (job_id, input, metadata) select job_id, input::jsonb, metadata::jsonb from accepted
), add_hooks as (
  insert into job_webhooks (job_id, url, events)
  select job_id, hook_url, string_to_array(hook_events, ',') from accepted where hook_url is not null
), enqueued as materialized (  -- the queue's own function finds the lane and stamps the turn; pools in one order everywhere
  select daygen_enqueue(task_id, 'RunJob', payload::jsonb, model, provider, workspace_id, coalesce(user_id, key_id),
    priority, traceparent, request_id) from accepted order by provider, model, place
), emit as (
  insert into outbox (event_id, workspace_id, subject, type, data)
  select event_id, workspace_id, subject, type, fact::jsonb from (
    select event_id, workspace_id, job_id subject, 'job.queued' type, fact, lot, place from accepted
    union all
    select event_id, workspace_id, batch_id, 'batch.created', fact, lot, 0 from chosen where batch_id is not null
  ) facts order by lot, place
), bells as materialized (
  select channel, daygen_ring(channel) rang from unnest(array['daygen_tasks', 'daygen_outbox']) channel
  where (select count(*) from enqueued) > 0
), verdicts as (
  select lots.lot, lots.workspace_id,
    case
      when known.lot is not null then 'known'
      when guards.workspace_id is null then 'unprepared'
      when chosen.lot is not null then 'accepted'
      when used.requests + coalesce(sums.requests, 0) + lots.jobs > used.per_minute then 'too_many'
      when lots.quoted > used.available - coalesce(sums.quoted, 0) then 'too_dear'
      else 'again'
    end verdict,
    guards.per_minute, guards.this_second, guards.counts, coalesce(sums.requests, 0) requests,
    (select sum(jobs) from chosen c where c.workspace_id = lots.workspace_id and c.lot <= lots.lot)::int admitted,
    used.available - coalesce(sums.quoted, 0) available,
    known.status, known.answer, known.fingerprint,
    (select array_agg(channel) from bells where not rang) unrung
  from lots
    left join known using (lot) left join chosen using (lot)
    left join guards on guards.workspace_id = lots.workspace_id
    left join used on used.workspace_id = lots.workspace_id
    left join sums on sums.workspace_id = lots.workspace_id
)
select verdicts.*,  -- nobody is refused for good before those who came earlier have their verdict
  case when verdict in ('too_many', 'too_dear')
    and bool_or(verdict = 'again') over (partition by workspace_id order by lot) then 'again' else verdict end final
from verdicts order by lot
