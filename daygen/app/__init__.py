"""The assembly: settings, the api, the worker, the supervisor, the command line. Knows everything, decides nothing."""
