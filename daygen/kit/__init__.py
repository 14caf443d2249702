"""Pure values that every room may use: ids, money, problems, clock, paging, names for what goes over the wire."""
