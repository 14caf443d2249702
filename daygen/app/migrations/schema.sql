CREATE FUNCTION public.daygen_now() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$select clock_timestamp()$$;

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

CREATE TABLE public.accounts (
    workspace_id uuid NOT NULL,
    available bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    CONSTRAINT accounts_available_check CHECK ((available >= 0)),
    CONSTRAINT accounts_held_check CHECK ((held >= 0))
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
    deleted_at timestamp with time zone
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
 SELECT job_id,
    url,
    events
   FROM public.job_webhooks;

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
    version bigint DEFAULT nextval('public.job_progress_version'::regclass) NOT NULL
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
    CONSTRAINT jobs_check CHECK (((charged >= 0) AND (charged <= quoted))),
    CONSTRAINT jobs_check1 CHECK (((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text, 'expired'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT jobs_check2 CHECK (((state = 'failed'::text) <= (error IS NOT NULL))),
    CONSTRAINT jobs_count_check CHECK (((count >= 1) AND (count <= 16))),
    CONSTRAINT jobs_quoted_check CHECK ((quoted >= 0)),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'starting'::text, 'processing'::text, 'succeeded'::text, 'failed'::text, 'canceled'::text, 'expired'::text])))
)
WITH (fillfactor='80');

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

CREATE VIEW public.progress_notes AS
 SELECT p.job_id,
    p.workspace_id,
    p.share,
    p.version,
    j.state,
    j.model,
    j.operation,
    j.attempts
   FROM (public.job_progress p
     JOIN public.jobs j ON ((j.id = p.job_id)));

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

CREATE TABLE public.tasks (
    id uuid NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    lane uuid,
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
    CONSTRAINT tasks_check CHECK (((state = 'running'::text) = (worker_id IS NOT NULL))),
    CONSTRAINT tasks_check1 CHECK (((state <> 'waiting'::text) OR (run_at IS NOT NULL))),
    CONSTRAINT tasks_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'running'::text, 'waiting'::text, 'dead'::text])))
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
    lease_until timestamp with time zone NOT NULL
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

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_key_key UNIQUE (key);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_pkey PRIMARY KEY (id);

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

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (workspace_id, user_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.request_windows
    ADD CONSTRAINT request_windows_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.socket_tickets
    ADD CONSTRAINT socket_tickets_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.spans
    ADD CONSTRAINT spans_pkey PRIMARY KEY (job_id, span_id);

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_cause_kind_key UNIQUE (cause, kind);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_pkey PRIMARY KEY (id);

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

CREATE INDEX api_keys_workspace ON public.api_keys USING btree (workspace_id, id DESC);

CREATE INDEX assets_workspace ON public.assets USING btree (workspace_id, id DESC);

CREATE INDEX events_created ON public.events USING btree (created_at);

CREATE INDEX events_subject ON public.events USING btree (subject, seq);

CREATE INDEX holds_active ON public.holds USING btree (workspace_id) WHERE (state = 'active'::text);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX job_progress_changed ON public.job_progress USING btree (version);

CREATE INDEX jobs_unfinished ON public.jobs USING btree (deadline_at) WHERE (finished_at IS NULL);

CREATE INDEX jobs_workspace ON public.jobs USING btree (workspace_id, id DESC);

CREATE INDEX members_user ON public.members USING btree (user_id);

CREATE INDEX sessions_user ON public.sessions USING btree (user_id);

CREATE INDEX tasks_ready ON public.tasks USING btree (priority DESC, id) WHERE (state = 'ready'::text);

CREATE INDEX tasks_running ON public.tasks USING btree (worker_id) WHERE (state = 'running'::text);

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

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

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
    ADD CONSTRAINT jobs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

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

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.accounts(workspace_id);

ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.webhook_secrets
    ADD CONSTRAINT webhook_secrets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.webhook_tries
    ADD CONSTRAINT webhook_tries_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES public.webhook_deliveries(id) ON DELETE CASCADE;
