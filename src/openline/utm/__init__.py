"""Our nouns in the words of the standards that drone services and authorities speak.

Takes: documents of those standards; zones.
Gives: zones; documents of those standards.
Never: a field filled in that the other side did not state, a zone judged active or allowed here.
"""
