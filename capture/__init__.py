"""The senses of Glimpse: a screen, a document, a video, as pictures.  No Qt, no event loop."""
