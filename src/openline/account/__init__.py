"""What happened, told from the record alone: entries in words, timelines with their gaps.

Takes: entries of a record and their objects.
Gives: lines a person can read, in order of time, each with the entry it rests on, and where nothing is known.
Never: says what the record does not hold, or hides that it holds nothing.
"""
