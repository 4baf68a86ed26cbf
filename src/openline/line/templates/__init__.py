"""Messages that mean something: sentences agreed on beforehand, with typed slots, written alike by both nodes.

Takes: a template, its parameters, a language; a message that somebody else signed; approvals as an argument.
Gives: the text; same, differs or not checked; which languages may leave and why the others may not.
Never: a sentence that orders force, a translation as FLASH that nobody on record approved, a verdict on what was not checked.
"""
