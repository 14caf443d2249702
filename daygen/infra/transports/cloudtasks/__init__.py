"""Google Cloud Tasks: tasks are created through its REST API and pushed to workers over HTTP, with a token each."""
