"""The line's connections: a listener of its own, a caller for each counterpart, sessions, what waits to be sent, the witness.

Takes: envelopes the flow made, and the counterparts it knows. Gives: verified envelopes for the one inbox, and how a line is.
Never: decides what a message means, or signs what is not durable.
"""
