"""What people, browsers, senders and commands reach: addresses, sockets, sign-in, guest pages, the local socket.

Takes: requests. Gives: acts and bytes for the one inbox, and what the loop shows. Never: touches the state.
"""
