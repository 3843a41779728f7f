"""A page of HTML that stands alone: no script, nothing from elsewhere, every text as it is.

Texts become markup in one place, the standard library's writer, which escapes them all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Template
from xml.etree.ElementTree import Element, SubElement, tostring

from nnviz.resources import resource


@dataclass(frozen=True)
class Table:
    """Cells of texts below a head, "" for none; from column `numbers` on they are numbers."""

    rows: Sequence[Sequence[str]]
    head: Sequence[str] = ()
    numbers: int = 100
    name: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture as the content of a file, what is above it, what it shows in words, and a name.

    It is `width` pixels of a page wide, where there is the room.
    """

    content: bytes
    kind: str
    title: str
    description: str
    name: str
    width: int

    @property
    def address(self) -> str:
        """The picture itself, as an address."""
        data = base64.b64encode(self.content).decode("ascii")
        return f"data:image/{self.kind};base64,{data}"


class Page:
    """A title and sections, one below another."""

    def __init__(self, title: str, language: str) -> None:
        self._title, self._language = title, language
        self._body = Element("main")
        self._place = SubElement(self._body, "header")
        self.text(title, "h1")

    def text(self, text: str, tag: str = "p", kind: str = "") -> None:
        """Add a paragraph, or text of another tag; nothing where there is no text."""
        if text:
            SubElement(self._place, tag, _class(kind)).text = text

    def section(self, title: str, name: str) -> None:
        """Begin a section; what follows is in it."""
        self._place = SubElement(self._body, "section", {"id": name})
        self.text(title, "h2")

    def terms(self, terms: Iterable[tuple[str, str]], kind: str) -> None:
        """Add names and what each is: a few "figures", large, or "settings" in two columns."""
        row = SubElement(self._place, "dl", _class(kind))
        for name, value in terms:
            cell = SubElement(row, "div")
            SubElement(cell, "dt").text = name
            SubElement(cell, "dd").text = value

    def table(self, table: Table) -> None:
        """Add a table; nothing where it has no rows."""
        if not table.rows:
            return
        # Within a box that scrolls: a wide one may not make the page wider.
        whole = SubElement(SubElement(self._place, "div", _class("wide")), "table")
        if table.name:
            SubElement(whole, "caption").text = table.name
        if table.head:
            _row(SubElement(whole, "thead"), table.head, table.numbers, "th")
        body = SubElement(whole, "tbody")
        for row in table.rows:
            _row(body, row, table.numbers, "td")

    def pictures(self, pictures: Sequence[Picture]) -> None:
        """Add pictures side by side."""
        row = SubElement(self._place, "div", _class(f"pictures of{len(pictures)}"))
        for picture in pictures:
            figure = SubElement(row, "figure", {"id": f"picture-{picture.name}"})
            if picture.title:
                SubElement(figure, "figcaption").text = picture.title
            SubElement(figure, "img", _sized(picture))

    def verbatim(self, text: str, name: str, folded: str = "") -> None:
        """Add a text letter by letter; where it is `folded`, below these words and first closed."""
        place = self._place
        if folded:
            place = SubElement(place, "details")
            SubElement(place, "summary").text = folded
        SubElement(place, "pre", {"id": name}).text = text

    def html(self) -> bytes:
        """Return the page as the content of a file."""
        style = resource("report", "style.css").read_text(encoding="utf-8")
        sha256 = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
        title = Element("title")
        title.text = self._title
        page = Template(resource("report", "page.html").read_text(encoding="utf-8"))
        text = page.substitute(
            language=self._language,
            title=tostring(title, "unicode", method="html"),
            style=style,
            sha256=sha256,
            body=tostring(self._body, "unicode", method="html"),
        )
        return text.encode("utf-8", "xmlcharrefreplace")  # half a letter is no UTF-8


def _sized(picture: Picture) -> dict[str, str]:
    width = str(picture.width)
    return {"src": picture.address, "alt": picture.description, "width": width}


def _class(kind: str) -> dict[str, str]:
    return {"class": kind} if kind else {}


def _row(place: Element, cells: Sequence[str], numbers: int, tag: str) -> None:
    row = SubElement(place, "tr")
    for column, cell in enumerate(cells):
        is_head = tag == "th" or column == 0
        cls = _class("number" if column >= numbers else "")
        scope = {"scope": "col" if tag == "th" else "row"} if is_head else {}
        SubElement(row, "th" if is_head else tag, {**cls, **scope}).text = cell
