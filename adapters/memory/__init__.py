"""The task queue inside one process, for tests and for work that nobody needs to find again."""
