"""The case `income`: how long a county office waits for its reports, from a small campaign to the whole one."""
