// The page says everything without this but curves, whose numbers are in tables. It adds: the curves; a tip at each
// mark, by pointer or by arrow keys; sorting; pictures and tables to copy; saving the JSON; opening what is linked to.
(function () {
    "use strict";
    function all(selector, root) {
        return Array.prototype.slice.call((root || document).querySelectorAll(selector));
    }
    function make(tag, text, parent) {
        var element = document.createElement(tag);
        element.textContent = text || "";
        if (parent) {
            parent.appendChild(element);
        }
        return element;
    }
    function save(blob, name) {
        var link = make("a");
        link.href = URL.createObjectURL(blob);
        link.download = name;
        link.click();
        setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
    }
    document.documentElement.classList.add("js");

    // Tips.
    var tip = make("div", "", document.body);
    tip.id = "tip";
    tip.hidden = true;
    tip.setAttribute("role", "status");
    var shown = null;
    function hide() {
        tip.hidden = true;
        if (shown) {
            shown.classList.remove("here");
        }
        shown = null;
    }
    function show(mark) {
        hide();
        shown = mark;
        mark.classList.add("here");
        tip.textContent = mark.getAttribute("data-tip");
        tip.hidden = false;
        var box = mark.getBoundingClientRect();
        var left = Math.max(4, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8));
        tip.style.left = left + window.scrollX + "px";
        tip.style.top = box.bottom + window.scrollY + 8 + "px";
    }
    all("figure svg").forEach(function (svg) {
        var marks = all(".mark > title", svg).map(function (title) {
            var mark = title.parentNode;
            mark.setAttribute("data-tip", title.textContent);
            mark.removeChild(title);
            mark.addEventListener("pointerenter", function () { show(mark); });
            mark.addEventListener("pointerleave", hide);
            return mark;
        });
        if (marks.length === 0) {
            return;
        }
        svg.setAttribute("tabindex", "0");
        svg.addEventListener("keydown", function (event) {
            var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
            if (event.key === "Escape") {
                hide();
            } else if (step) {
                event.preventDefault();
                var at = marks.indexOf(shown);
                show(marks[((at < 0 ? (step > 0 ? -1 : 0) : at) + step + marks.length) % marks.length]);
            }
        });
        svg.addEventListener("blur", hide);
    });

    // Units, as in the rest of the page.
    function significant(n) {
        var size = Math.abs(n);
        return n.toFixed(size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : 2);
    }
    function scaled(n, prefixes, suffix) {
        var i = 0;
        while (Math.abs(n) >= 999.5 && i < prefixes.length - 1) {
            n /= 1000;
            i++;
        }
        return significant(n).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") + "\u00a0" + prefixes[i] + suffix;
    }
    var THOUSANDS = ["", "k", "M", "G", "T"];
    var UNITS = {
        time: function (n) { return scaled(n, ["ns", "µs", "ms", "s"], ""); },
        rate: function (n) { return scaled(n, THOUSANDS, "/s"); },
        bandwidth: function (n) { return scaled(n, THOUSANDS, "B/s"); },
        bytes: function (n) { return n >= 1048576 ? n / 1048576 + "\u00a0MiB" : n >= 1024 ? n / 1024 + "\u00a0KiB" : n + "\u00a0B"; },
        nines: function (n) { return n === 0 ? "0" : (100 * (1 - Math.pow(10, -n))).toFixed(n < 1.5 ? 0 : Math.max(0, Math.ceil(n - 2))) + "\u00a0%"; }
    };

    // Curves.
    function color(name) {
        return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    }
    // A line, dashes, dots; from 3 on a dash and one dot more each.
    function dashes(n) {
        var dash = n < 3 ? [[], [7, 4], [2, 3]][n] : [9, 3];
        for (; n > 2; n--) {
            dash = dash.concat(2, 3);
        }
        return dash;
    }
    function scale(axis) {
        return axis.logarithmic ? { distr: 3, log: 10 } : { distr: 1 };
    }
    function axisOf(axis, splits) {
        return {
            label: axis.label + (axis.logarithmic ? ", log scale" : ""), labelSize: 22, labelFont: "12px sans-serif",
            font: "11px sans-serif", stroke: color("--ink"), grid: { stroke: color("--grid"), width: 1 },
            ticks: { stroke: color("--grid") }, splits: splits,
            values: function (u, values) { return values.map(function (v) { return v === null ? "" : UNITS[axis.unit](v); }); }
        };
    }
    function draw(holder) {
        var data = JSON.parse(holder.querySelector("script").textContent);
        var tables = [];
        var series = [{ label: data.x.label, value: function (u, v) { return v === null || v === undefined ? "" : UNITS[data.x.unit](v); } }];
        var bands = [];
        data.curves.forEach(function (curve) {
            var stroke = color("--c" + curve.color);
            var at = series.length;
            tables.push([curve.x, curve.y]);
            series.push({
                label: curve.name, stroke: stroke, width: 2, dash: dashes(curve.dash), show: curve.on, spanGaps: true,
                points: { show: curve.x.length < 12 },
                value: function (u, v) { return v === null || v === undefined ? "" : UNITS[data.y.unit](v); }
            });
            if (curve.lo) {
                tables[at - 1].push(curve.lo, curve.hi);
            }
        });
        // Bands follow all curves, so that the legend has the curves only.
        var lows = [];
        data.curves.forEach(function (curve, i) {
            if (tables[i].length === 4) {
                var extra = tables[i].splice(2, 2);
                lows.push({ curve: i, x: curve.x, lo: extra[0], hi: extra[1] });
            }
        });
        lows.forEach(function (each) {
            tables.push([each.x, each.hi, each.lo]);
            var fill = color("--c" + data.curves[each.curve].color) + "2e";
            bands.push({ series: [series.length, series.length + 1], fill: fill, of: each.curve + 1 });
            [0, 1].forEach(function () {
                series.push({ label: "", show: data.curves[each.curve].on, width: 0, stroke: "transparent", spanGaps: true, points: { show: false }, band: true });
            });
        });
        var nines = data.x.unit === "nines" ? function (u, i, min, max) {
            var marks = [];
            for (var n = Math.ceil(min); n <= max; n++) { marks.push(n); }
            return marks;
        } : undefined;
        var plot = new uPlot({
            width: Math.max(240, holder.clientWidth), height: 340, series: series, bands: bands,
            scales: { x: Object.assign({ time: false }, scale(data.x)), y: scale(data.y) },
            axes: [axisOf(data.x, nines), Object.assign({ size: 62 }, axisOf(data.y))],
            cursor: { drag: { x: true, y: false }, focus: { prox: 24 } }, focus: { alpha: 0.3 },
            legend: { live: true },
            hooks: { setSeries: [function (u, i, options) {
                if (options && "show" in options && i > 0) {
                    bands.forEach(function (band) {
                        if (band.of === i) {
                            band.series.forEach(function (s) { if (u.series[s].show !== options.show) { u.setSeries(s, { show: options.show }); } });
                        }
                    });
                }
            }] }
        }, uPlot.join(tables), holder);
        all(".u-legend .u-series", holder).forEach(function (row, i) {
            row.hidden = i > data.curves.length;
            row.style.display = i > data.curves.length ? "none" : "";
            var marker = row.querySelector(".u-marker");
            if (marker && i > 0 && !row.hidden) {
                row.curve = series[i];
                marker.innerHTML = '<svg viewBox="0 0 48 8"><path d="M0,4H48" stroke="' + series[i].stroke
                    + '" stroke-width="2" stroke-dasharray="' + series[i].dash.join(" ") + '"/></svg>';
            }
        });
        make("p", "Drag to zoom, double-click to zoom out; click a name to hide or show it. " + data.scope, holder).className = "hint";
        holder.uplot = plot;
        holder.scope = data.scope;
    }
    function drawIfSeen(holder) {
        if (!holder.uplot && holder.clientWidth > 0) {
            draw(holder);
        }
    }
    var holders = all(".picture").filter(function (p) { return p.querySelector("script"); });
    function drawSeen() {
        holders.forEach(drawIfSeen);
    }
    document.addEventListener("toggle", drawSeen, true);
    window.addEventListener("resize", function () {
        holders.forEach(function (h) { if (h.uplot && h.clientWidth > 0) { h.uplot.setSize({ width: h.clientWidth, height: 340 }); } });
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
        holders.forEach(function (h) {
            if (h.uplot) {
                h.uplot.destroy();
                all(".hint", h).forEach(function (p) { p.remove(); });
                h.uplot = null;
                drawIfSeen(h);
            }
        });
    });

    // Pictures as PNG: what the styles say is written into a copy.
    var STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font", "paint-order", "color", "text-anchor"];
    function styled(from, to) {
        var computed = getComputedStyle(from);
        STYLES.forEach(function (name) { to.style.setProperty(name, computed.getPropertyValue(name)); });
        for (var i = 0; i < from.children.length; i++) {
            styled(from.children[i], to.children[i]);
        }
    }
    function png(figure, done) {
        var holder = figure.querySelector(".picture");
        var canvas = make("canvas");
        var pen = canvas.getContext("2d");
        var title = figure.querySelector(".title").textContent;
        function frame(width, height, factor, image) {
            canvas.width = width;
            canvas.height = height + 40 * factor;
            pen.fillStyle = color("--card");
            pen.fillRect(0, 0, canvas.width, canvas.height);
            pen.fillStyle = color("--ink");
            pen.font = "600 " + 15 * factor + "px sans-serif";
            pen.fillText(title, 10 * factor, 24 * factor);
            pen.drawImage(image, 0, 36 * factor, width, height);
        }
        if (holder.uplot) {
            var ratio = window.devicePixelRatio || 1;
            var rows = all(".u-legend .u-series:not(.u-off)", holder).filter(function (row) { return row.curve; });
            var source = holder.uplot.ctx.canvas;
            frame(source.width, source.height + (rows.length + 2) * 16 * ratio, ratio, make("canvas"));
            pen.drawImage(source, 0, 36 * ratio);
            pen.font = 11 * ratio + "px sans-serif";
            var y = source.height + 50 * ratio;
            rows.forEach(function (row) {
                pen.strokeStyle = row.curve.stroke;
                pen.lineWidth = 2 * ratio;
                pen.setLineDash(row.curve.dash.map(function (length) { return length * ratio; }));
                pen.beginPath();
                pen.moveTo(10 * ratio, y - 4 * ratio);
                pen.lineTo(58 * ratio, y - 4 * ratio);
                pen.stroke();
                pen.fillText(row.curve.label, 64 * ratio, y);
                y += 16 * ratio;
            });
            pen.fillStyle = color("--soft");
            pen.fillText(holder.scope, 10 * ratio, y + 4 * ratio);
            canvas.toBlob(done);
            return;
        }
        var svg = all("svg", holder).filter(function (s) { return s.getClientRects().length > 0; })[0];
        var copy = svg.cloneNode(true);
        styled(svg, copy);
        var room = svg.viewBox.baseVal;
        copy.setAttribute("width", room.width * 2);
        copy.setAttribute("height", room.height * 2);
        copy.setAttribute("xmlns", "http" + "://www.w3.org/2000/svg");
        var image = new Image();
        image.onload = function () {
            frame(room.width * 2, room.height * 2, 2, image);
            canvas.toBlob(done);
        };
        image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
    }
    function csv(table) {
        return all("tr", table).map(function (row) {
            return Array.prototype.map.call(row.cells, function (cell) {
                var text = cell.getAttribute("data-v") || cell.textContent.trim().replace(/^–$/, "");
                return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : /^[=+@\t]/.test(text) ? "'" + text : text;
            }).join(",");
        }).join("\r\n") + "\r\n";
    }
    all("figure").forEach(function (figure) {
        var button = figure.querySelector(".png");
        button.addEventListener("click", function () {
            png(figure, function (blob) {
                function saved() {
                    save(blob, figure.id + ".png");
                    button.textContent = "Saved";
                }
                if (navigator.clipboard && window.ClipboardItem) {
                    navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]).then(function () { button.textContent = "Copied"; }, saved);
                } else {
                    saved();
                }
                setTimeout(function () { button.textContent = "Copy as PNG"; }, 2000);
            });
        });
        figure.querySelector(".csv").addEventListener("click", function () {
            save(new Blob([csv(figure.querySelector("table"))], { type: "text/csv" }), figure.id + ".csv");
        });
    });

    // Sorting.
    function worth(cell) {
        var text = cell.textContent.trim();
        var raw = cell.getAttribute("data-v");
        return raw !== null ? parseFloat(raw) : text === "–" ? null : text;
    }
    function compare(a, b) {
        return a === null || b === null
            ? (a === null) - (b === null)
            : typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
    }
    all("table").forEach(function (table) {
        var body = table.tBodies[0];
        if (!body || body.rows.length < 4 || table.closest(".u-legend") || table.classList.contains("u-legend")) {
            return;
        }
        var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
        heads.forEach(function (head, column) {
            if (!head.textContent) {
                return;
            }
            var button = make("button", head.textContent);
            button.type = "button";
            head.textContent = "";
            head.appendChild(button);
            button.addEventListener("click", function () {
                var down = head.getAttribute("aria-sort") === "ascending";
                heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
                head.setAttribute("aria-sort", down ? "descending" : "ascending");
                Array.prototype.slice.call(body.rows).sort(function (a, b) {
                    var order = compare(worth(a.cells[column]), worth(b.cells[column]));
                    return down ? -order : order;
                }).forEach(function (row) { body.appendChild(row); });
            });
        });
    });

    var button = document.getElementById("download");
    if (button && window.DecompressionStream) {
        button.hidden = false;
        button.addEventListener("click", function () {
            var packed = Uint8Array.from(atob(document.getElementById("results").textContent), function (c) { return c.charCodeAt(0); });
            new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).blob().then(function (json) { save(json, "results.json"); });
        });
    }

    // What a link points to is opened, and everything before it is printed.
    function reveal() {
        var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
        for (var e = target; e; e = e.parentElement) {
            if (e.tagName === "DETAILS") {
                e.open = true;
            }
        }
        if (target) {
            target.scrollIntoView();
        }
    }
    window.addEventListener("hashchange", reveal);
    reveal();
    drawSeen();
    window.addEventListener("beforeprint", drawSeen);
})();
