"""What people see: the built console for browsers, and pages of plain HTML that need no script.

Takes: what the desk says, as plain dictionaries, and text from anywhere.
Gives: HTML and SVG with every text escaped; the built assets and the basemap lie beside as files.
Never: a judgement of its own, a script in a page, a text from outside as markup.
"""
