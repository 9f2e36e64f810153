// Draws a citizen code as QR: alphanumeric mode, level M, four modules of quiet zone (ISO/IEC 18004).

const SVG = "http://www.w3.org/2000/svg";
const QUIET_ZONE = 4;

// The module's address and integrity stand in the page, written from the vendor lock.
const encoder = import(document.querySelector('link[data-module="qr"]').href);

/** Replace the content of `svg` by the picture of `text`. */
export async function drawCode(svg, text) {
  const { encodeQR } = await encoder;
  const rows = encodeQR(text, "raw", { ecc: "medium", encoding: "alphanumeric", border: QUIET_ZONE });
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", rows.map(runs).join(""));
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  svg.replaceChildren(path);
}

/** Dark modules of one row as horizontal bars: joined, so no hairlines show between them. */
function runs(row, y) {
  let path = "";
  for (let x = 0; x < row.length; x += 1) {
    if (!row[x]) continue;
    const start = x;
    while (row[x + 1]) x += 1;
    path += `M${start} ${y}h${x + 1 - start}v1H${start}z`;
  }
  return path;
}
