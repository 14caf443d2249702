-- Hand the jobs of the table `staged` to the workers, and wake them.
select count(daygen_enqueue(task_id, 'RunJob', jsonb_build_object('jobId', public_id), 'fake/image', 'fake',
  workspace_id, null, 0::smallint, null, null)) from staged;

select pg_notify('daygen_tasks', '');
