"""What is shown: the state in the words of docs/api.md, and the frames browsers get.

Takes: the state and durable outputs. Gives: JSON and binary frames. Never: changes the state.
"""
