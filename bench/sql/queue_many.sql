-- Put the jobs of the table `staged` (workspace_id, job_id, task_id, public_id) on the books as accepted orders that
-- are not yet in the queue: the drain's clock starts when their tasks are.
insert into jobs (id, workspace_id, task_id, provider, model, operation, count, priority, quoted, deadline_at)
select job_id, workspace_id, task_id, 'fake', 'fake/image', 'text_to_image', 1, 0, 1000,
  daygen_now() + interval '1 hour' from staged;

insert into job_orders (job_id, input, metadata)
select job_id, '{"prompt": "nothing", "seed": 1}', '{"source": "bench"}' from staged;

insert into holds (job_id, workspace_id, amount) select job_id, workspace_id, 1000 from staged;

insert into transfers (id, workspace_id, debit, credit, amount, kind, cause_kind, cause)
select uuidv7(), workspace_id, 'available', 'held', 1000, 'hold', 'job', job_id from staged;

update accounts a set available = available - 1000 * s.jobs, held = held + 1000 * s.jobs
from (select workspace_id, count(*) jobs from staged group by workspace_id) s where a.workspace_id = s.workspace_id;

insert into outbox (event_id, workspace_id, subject, type, data)
select uuidv7(), workspace_id, job_id, 'job.queued', jsonb_build_object('jobId', public_id, 'status', 'queued')
from staged;
