"""The voices of Glimpse: servers and models that answer."""
