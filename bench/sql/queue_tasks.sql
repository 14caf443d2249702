-- Hand the jobs of the table `staged` to the workers, and wake them.
insert into tasks (id, kind, payload, lane)
select task_id, 'RunJob', jsonb_build_object('jobId', public_id), workspace_id from staged;

select pg_notify('daygen_tasks', '');
