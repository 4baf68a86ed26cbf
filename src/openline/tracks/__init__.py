"""What we believe moves: reports become tracks, tracks become one picture in columns.

Takes: reports in the order they were heard, and the time now.
Gives: moves (fix to fix, for the watch), track events (lost, returned, jump, frozen, two places), the picture.
Never: fills in what was not said, forgets a bound mover, or calls anybody friend or foe.
"""
