"""Fields: features and tasks with the tables that they read, and `train`."""
