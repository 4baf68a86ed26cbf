"""What the outside says: a decoder per format turns bytes into reports, or into refusals that say why not.

Takes: bytes in any cut, and the moment they were heard.
Gives: `Report` and `Refusal`, in the order of the bytes.
Never: raises on any bytes, reads a clock, guesses a datum, fills in what was not stated.
"""

from openline.feeds.registry import KINDS, LINE_KINDS, Decoder, decoder

__all__ = ["KINDS", "LINE_KINDS", "Decoder", "decoder"]
