"""What people who do not share a command have been told, and what came back, as tables of states.

Takes: a state and one event (made, opened, answered, confirmed, revoked, expired).
Gives: the next state, or `OutOfTurn`; which fields of a read-back differ from what was said.
Never: a socket, a clock, an aircraft; silence never changes a state to the better.
"""
