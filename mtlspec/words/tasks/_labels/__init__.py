"""Reading labels of several kinds of tasks; no word of its own."""
