// The page says everything without this. It adds: a tip at each mark, by pointer or by arrow keys; hiding
// series; sorting tables; saving the JSON; and opening what is folded before it is printed.
(function () {
    "use strict";
    var each = function (selector, root, action) {
        Array.prototype.forEach.call((root || document).querySelectorAll(selector), action);
    };
    var make = function (tag, text) {
        var element = document.createElement(tag);
        element.textContent = text || "";
        return element;
    };

    var tip = make("div");
    tip.id = "tip";
    tip.hidden = true;
    tip.setAttribute("role", "status");
    document.body.appendChild(tip);
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
        var width = document.documentElement.clientWidth;
        var left = Math.max(4, Math.min(box.left, width - tip.offsetWidth - 8));
        tip.style.left = left + window.scrollX + "px";
        tip.style.top = box.bottom + window.scrollY + 8 + "px";
    }

    function tips(svg) {
        var marks = [];
        each(".mark > title", svg, function (title) {
            var mark = title.parentNode;
            mark.setAttribute("data-tip", title.textContent);
            mark.removeChild(title);
            mark.addEventListener("pointerenter", function () { show(mark); });
            mark.addEventListener("pointerleave", hide);
            marks.push(mark);
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
                var visible = marks.filter(function (m) { return m.getBoundingClientRect().width > 0; });
                var at = visible.indexOf(shown);
                var next = at < 0 ? (step > 0 ? 0 : visible.length - 1) : at + step;
                if (visible.length > 0) {
                    show(visible[(next + visible.length) % visible.length]);
                }
            }
        });
        svg.addEventListener("blur", hide);
    }

    function toggles(figure) {
        var groups = {};
        each("[data-series]", figure, function (group) {
            var name = group.getAttribute("data-series");
            (groups[name] = groups[name] || []).push(group);
        });
        var names = Object.keys(groups);
        if (names.length < 2) {
            return;
        }
        var bar = make("div");
        bar.className = "series";
        bar.setAttribute("role", "group");
        bar.setAttribute("aria-label", "Show or hide series");
        names.forEach(function (name) {
            var button = make("button", name);
            button.type = "button";
            button.setAttribute("aria-pressed", "true");
            button.addEventListener("click", function () {
                var on = button.getAttribute("aria-pressed") !== "true";
                button.setAttribute("aria-pressed", String(on));
                groups[name].forEach(function (group) { group.style.display = on ? "" : "none"; });
            });
            bar.appendChild(button);
        });
        figure.insertBefore(bar, figure.querySelector("details"));
    }

    var FACTORS = { ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, KiB: 1024, MiB: 1048576, "%": 0.01 };

    /** What a cell is worth: its first number with its unit, or else its text. */
    function worth(cell) {
        var text = cell.textContent.trim();
        var found = /^[+]?([−-]?[\d.]+)\s*(ns|µs|ms|KiB|MiB|s|k|M|G|T|%)?/.exec(text);
        if (!found) {
            return text === "–" ? null : text;
        }
        return parseFloat(found[1].replace("−", "-")) * (FACTORS[found[2]] || 1);
    }

    function compare(a, b) {
        if (a === null || b === null) {
            return (a === null) - (b === null);
        }
        return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    }

    function sorting(table) {
        var body = table.tBodies[0];
        if (!body || body.rows.length < 4) {
            return;
        }
        var heads = table.tHead.rows[0].cells;
        Array.prototype.forEach.call(heads, function (head, column) {
            if (!head.textContent) {
                return;
            }
            var button = make("button", head.textContent);
            button.type = "button";
            head.textContent = "";
            head.appendChild(button);
            button.addEventListener("click", function () {
                var down = head.getAttribute("aria-sort") === "ascending";
                Array.prototype.forEach.call(heads, function (other) { other.removeAttribute("aria-sort"); });
                head.setAttribute("aria-sort", down ? "descending" : "ascending");
                var rows = Array.prototype.slice.call(body.rows);
                rows.sort(function (a, b) {
                    var order = compare(worth(a.cells[column]), worth(b.cells[column]));
                    return down ? -order : order;
                });
                rows.forEach(function (row) { body.appendChild(row); });
            });
        });
    }

    each("figure svg", null, tips);
    each("figure", null, toggles);
    each("table", null, sorting);

    var button = document.getElementById("download");
    if (button) {
        button.hidden = false;
        button.addEventListener("click", function () {
            var link = document.createElement("a");
            link.href = URL.createObjectURL(new Blob([document.getElementById("results").textContent], { type: "application/json" }));
            link.download = "results.json";
            link.click();
            URL.revokeObjectURL(link.href);
        });
    }
    window.addEventListener("beforeprint", function () {
        each("details", null, function (d) { d.open = true; });
    });
})();
