"""The record on disk: one SQLite file, one writer, one transaction a commit.

Takes: new entries, chunks of feed bytes, a signer for checkpoints.
Gives: `Committed` once the bytes are durable, entries and inputs in order, proofs, what fsck found.
Never: says "written" when it does not know; writes after that; lets a second process in; changes an entry.
"""

from openline.record.entry import Actor, Blob, Committed, Entry, NewEntry
from openline.record.segment import Chunk
from openline.record.store.log import Store
from openline.record.store.people import KeptSession, Operator
from openline.record.store.writing import Identity

__all__ = ["Actor", "Blob", "Chunk", "Committed", "Entry", "Identity", "KeptSession", "NewEntry", "Operator", "Store"]
