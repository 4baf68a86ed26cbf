"""The record: entries nobody can change unseen.

Takes: entries (a kind, a time, a person, some objects) and chunks of raw feed bytes, in the order they happened.
Gives: durable entries in an RFC 6962 tree, signed checkpoints, proofs, bundles anybody verifies offline, the inputs for replay.
Never: changes or reorders an entry, says "written" before it is durable, or interprets what an object says.
"""
