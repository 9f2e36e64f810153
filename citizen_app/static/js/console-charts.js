// Draws what stands in <script type="application/json" data-chart="id"> into the element of that id. The table beside
// it says the same; without script or ECharts nothing is missing.

/* global echarts */

const drawn = [];

function options({ kind, title, labels, values }) {
  const style = getComputedStyle(document.body);
  const colour = style.color;
  const line = { lineStyle: { color: style.getPropertyValue("--bs-border-color").trim() } };
  return {
    animation: false,
    aria: { enabled: true, label: { description: title } },
    tooltip: { trigger: "axis", renderMode: "richText" },
    grid: { left: 44, right: 12, top: 16, bottom: 28 },
    xAxis: { type: "category", data: labels, axisLabel: { color: colour }, axisLine: line },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: colour }, splitLine: line },
    series: [{ type: kind, data: values, color: "#1797a6", showSymbol: false, barMaxWidth: 48, areaStyle: kind === "line" ? { opacity: 0.15 } : undefined }],
  };
}

function draw() {
  for (const chart of drawn.splice(0)) chart.dispose();
  for (const data of document.querySelectorAll("[data-chart]")) {
    const place = document.getElementById(data.dataset.chart);
    const chart = echarts.init(place);
    chart.setOption(options(JSON.parse(data.textContent)));
    drawn.push(chart);
  }
}

if (globalThis.echarts) {
  draw();
  addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
