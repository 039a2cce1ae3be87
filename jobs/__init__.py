"""The clock's edge: the worker's jobs and the `flask …` commands. They open transactions and hold no rules."""
