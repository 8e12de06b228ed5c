"""Drawing a process: what is in the picture, and how it is written as DOT or Mermaid.

Owns the picture and its words. Pure text in and out; laying it out as SVG is `engine.diagrams`.
"""

from engine.core.drawing.dot import CLOCK, ENVELOPE, PAUSE, as_dot
from engine.core.drawing.mermaid import as_mermaid
from engine.core.drawing.picture import Picture
from engine.core.drawing.tracing import Trail, trail_of
from engine.core.drawing.viewing import picture_of

__all__ = ["CLOCK", "ENVELOPE", "PAUSE", "Picture", "Trail", "as_dot", "as_mermaid", "picture_of", "trail_of"]
