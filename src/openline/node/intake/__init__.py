"""Where a feed's bytes come from: addresses asked again and again, files, TCP senders; each comes back by itself.

Takes: the settings of a feed. Gives: bytes for the one inbox, and the state of the connection. Never: decodes anything.
"""
