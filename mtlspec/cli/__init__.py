"""The commands: only they touch stdin, stdout and exit codes."""
