"""Files: a program of several, what `use` and `--set` change, and one file that says it all."""
