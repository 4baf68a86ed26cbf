"""Days that are played: a scenario file, the senders that play it through real feeds, the demo and its check.

Takes: a scenario. Gives: bytes on loopback, as the world would send them. Never: reaches into the node it plays to.
"""
