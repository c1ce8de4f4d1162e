(function () {
    var button = document.getElementById("download");
    button.hidden = false;
    button.addEventListener("click", function () {
        var json = document.getElementById("results").textContent;
        var link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
        link.download = "results.json";
        link.click();
        URL.revokeObjectURL(link.href);
    });
    window.addEventListener("beforeprint", function () {
        document.querySelectorAll("details").forEach(function (d) { d.open = true; });
    });
})();
