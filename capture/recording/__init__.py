"""The screen as a film: an eye on an area, a clock of slots, and a file that plays whatever happens."""
