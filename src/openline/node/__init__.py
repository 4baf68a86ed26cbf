"""The shell around the flow: settings, clock, sockets, disk, HTTP and the one loop.

Takes: a settings file, bytes from feeds, requests from browsers, phones and the command line.
Gives: every one of them to the loop as a recorded input; answers, pages and frames made from what the loop says.
Never: judges a mover itself, shows anything before it is durable, or lets a wrong byte past its door as an exception.
"""
