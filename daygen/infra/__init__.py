"""What the domains stand on: database, queue, outbox, storage, telemetry, the embedded Postgres. Knows no domain."""
