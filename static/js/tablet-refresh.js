/* A device that cannot read tablet.js goes on as one without script does: after so many seconds to the next page. A refresh
   that stands in the page cannot be called off again by a script, so it is this one that begins it. ECMAScript 3. */
(function () {
  var self = document.getElementById("go-on");
  if (window.kioskRuns || !self) return;
  setTimeout(function () {
    location.replace(self.getAttribute("data-url"));
  }, Number(self.getAttribute("data-seconds")) * 1000);
})();
