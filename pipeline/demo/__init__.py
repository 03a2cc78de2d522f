"""
The demo: a broker, a worker and simulated events in one process tree, with an account of every single event.

Whoever runs it holds the throw-away keys, and can therefore do what no recipient can: open each clean record's `source`
and tell which raw event it came from.
"""
