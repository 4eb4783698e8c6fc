"""The mind of Glimpse: words, rules and memory. No Qt, no SDK, no pixels."""

__version__ = "0.1.0"
