"""PDFs that another system hands in, to be passed on to people: looked at before they are kept.

What is checked is what anybody can see from outside: that it is a PDF and whole, and that it neither runs
anything, nor brings other files, nor is locked. It is no proof that a reader of PDFs has nothing to fear;
so it goes out as a download (`attachment`), never inside of a page.
"""

from __future__ import annotations

import re
from typing import Final

from citizen_app.text import Text

HEAD: Final = re.compile(rb"%PDF-[12]\.\d")
ACTIVE: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
LOCKED: Final = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
NO_PDF: Final = Text("不是完整的 PDF 文件", "not a whole PDF file")
TOO_LARGE: Final = Text("PDF 超过 {most} KB", "the PDF is larger than {most} KB")
HAS_ACTIVE: Final = Text("PDF 含有脚本、附件或表单程序", "the PDF holds scripts, attachments or programs")
IS_LOCKED: Final = Text("PDF 已加密，市民打不开", "the PDF is encrypted: citizens could not open it")


class PdfRefused(Exception):
    """Not a PDF to pass on; `words` say why."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


def checked_pdf(content: bytes, most_bytes: int) -> bytes:
    """The same bytes. Raises `PdfRefused` for what is no PDF, is cut off (ISO 32000-1 §7.5), larger than was
    said, encrypted, or holds what runs or is attached; names written with `#xx` are read as what they
    mean (§7.3.5)."""
    if len(content) > most_bytes:
        raise PdfRefused(TOO_LARGE.fill(most=most_bytes // 1024))
    if not HEAD.match(content) or b"%%EOF" not in content[-1024:]:
        raise PdfRefused(NO_PDF)
    plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if ACTIVE.search(plain):
        raise PdfRefused(HAS_ACTIVE)
    if LOCKED.search(plain):
        raise PdfRefused(IS_LOCKED)
    return content
