"""Small workbooks for tests: Excel's and OpenDocument's, written as zips of XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[str | float]]

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ODS = "urn:oasis:names:tc:opendocument:xmlns"
DATE = 1
"""The style of cells whose numbers are days since 1900."""


def cell(at: str, value: str | float, style: int = 0) -> str:
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{at}" s="{style}"><v>{value}</v></c>'


def rows_xml(rows: Rows) -> str:
    """Return the rows of a sheet; a column called “date” has dates."""
    dates = {place for row in rows for place, value in enumerate(row) if value == "date"}
    lines = []
    for line, row in enumerate(rows, 1):
        cells = (
            cell(f"{chr(65 + place)}{line}", value, DATE if place in dates else 0)
            for place, value in enumerate(row)
            if value != ""
        )
        lines.append(f'<row r="{line}">{"".join(cells)}</row>')
    return "".join(lines)


def xlsx(sheets: Mapping[str, str]) -> bytes:
    """Return a workbook of sheets whose rows are XML."""
    numbered = [*enumerate(sheets.items(), 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, (name, _) in numbered
    )
    targets = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/worksheet" Target="worksheets/s{i}.xml"/>'
        for i, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml"'
        f' ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
        f' ContentType="{_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for i, (_, rows) in numbered:
        parts[f"xl/worksheets/s{i}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return _zipped(parts)


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """Return a workbook of sheets as LibreOffice writes them, with empty cells at all ends."""
    tables = []
    for name, rows in sheets.items():
        lines = "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}"
            '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
            for row in rows
        )
        tables.append(
            f'<table:table table:name="{name}">{lines}<table:table-row'
            ' table:number-rows-repeated="1048000"><table:table-cell'
            ' table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
    spaces = " ".join(f'xmlns:{one}="{_ODS}:{one}:1.0"' for one in ("office", "table", "text"))
    return _zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODS}:manifest:1.0"/>',
        }
    )


def _ods_cell(value: str | float) -> str:
    if value == "":
        return "<table:table-cell/>"
    kind = "string" if isinstance(value, str) else f'float" office:value="{value}'
    text = escape(str(value))
    return (
        f'<table:table-cell office:value-type="{kind}"><text:p>{text}</text:p></table:table-cell>'
    )


def _zipped(parts: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in parts.items():
            packing = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            head = '<?xml version="1.0" encoding="UTF-8"?>' if name != "mimetype" else ""
            archive.writestr(name, head + text, packing)
    return stream.getvalue()
