"""The face of Glimpse: everything that imports Qt."""
