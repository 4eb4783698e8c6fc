"""The nouns of Glimpse: frozen values that every room may hold and print.

Nothing here does anything.  Lengths are physical pixels, sizes are bytes, times are seconds;
a field that is in another unit says so.
"""
