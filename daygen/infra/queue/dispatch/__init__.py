"""Tasks through a transport: granted at a desk in Postgres, carried as ids, taken in Postgres by who receives them."""
