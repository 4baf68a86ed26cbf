"""What is going wrong: a file per detector, each comparing what moves with what is agreed or declared.

Takes: moves (fix to fix), zones and their geometry, the time of each fix.
Gives: findings, each with its time, place, certainty and the reason where it is less than certain.
Never: decides what to do about it, counts unknown as safe, or lets silence end a finding.
"""
