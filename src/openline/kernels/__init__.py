"""Arithmetic on arrays: the WGS-84 geodesic, distance to zones, and when a path meets them.

Takes: NumPy arrays of numbers with a unit as the last word of their name; zones as plain shapes.
Gives: arrays of numbers, where NaN means unknown and `inf` means not within the horizon.
Never: reads a clock or a file, keeps state between calls, or turns unknown into safe.
"""
