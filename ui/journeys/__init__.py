"""The trips a user starts: every `async def` of the window is here, widgets have none.

Each file is one kind of trip.  A trip is started by a widget's signal through `ui.tasks`, asks the rooms it was
given, and puts values back into widgets.
"""
