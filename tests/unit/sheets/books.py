"""Workbooks by hand, as no office program would write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from citizen_app.sheets.limits import Limits
from citizen_app.sheets.reading import Sheet, read_sheet
from citizen_app.sheets.report import Rejected

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>手机号</t></is></c><c r="B1" t="inlineStr"><is><t>姓名</t></is></c></row>'
COLUMNS = {"phone": ("手机号", "phone"), "name": ("姓名", "name"), "until": ("有效期止",)}
STYLES = (
    '<numFmts><numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="200"/><xf numFmtId="1"/></cellXfs>'
)
Parts = Mapping[str, str | bytes | None]


def related(**targets: str) -> str:
    """Relationships by the last words of their types."""
    said = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{said}</Relationships>'


def row(number: int, *cells: str) -> str:
    """A row of cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def sheet(rows: str, header: str = HEADER) -> str:
    """A worksheet."""
    return f"<worksheet {SPACES}><sheetData>{header}{rows}</sheetData></worksheet>"


def workbook(inside: str = "", properties: str = "") -> str:
    """The main part, with one sheet."""
    return (
        f'<workbook {SPACES}>{properties}<sheets><sheet name="名单" sheetId="1" r:id="worksheet"/></sheets>'
        f"{inside}</workbook>"
    )


def book(rows: str = "", strings: str = "", parts: Parts | None = None) -> bytes:
    """An XLSX with these rows below its header; `parts` replace or (None) remove others."""
    targets = {
        "worksheet": "worksheets/sheet1.xml",
        "sharedStrings": "sharedStrings.xml",
        "styles": "/xl/styles.xml",
    }
    content: dict[str, str | bytes | None] = {
        "_rels/.rels": related(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": workbook(),
        "xl/_rels/workbook.xml.rels": related(**targets),
        "xl/styles.xml": f"<styleSheet {SPACES}>{STYLES}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {SPACES}>{strings}</sst>",
        "xl/worksheets/sheet1.xml": sheet(rows),
        **(parts or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, said in content.items():
            if said is not None:
                archive.writestr(name, said)
    return written.getvalue()


def opened(content: bytes, name: str = "a.xlsx", limits: Limits | None = None) -> Sheet:
    """The list in a file."""
    return read_sheet(io.BytesIO(content), name, COLUMNS, needed="phone", limits=limits or Limits())


def read(
    content: bytes, name: str = "a.xlsx", limits: Limits | None = None
) -> list[tuple[int, object, object, object]]:
    """Rows as (number, phone, name, until), or as (number, column, why, None) where a cell is refused."""
    found = opened(content, name, limits).made(
        lambda row: (row.number, row.cell("phone"), row.text("name", 40), row.day("until"))
    )
    return [(one.row, one.column, one.why.en, None) if isinstance(one, Rejected) else one for one in found]
