(function () {
  "use strict";
  var state = document.getElementById("state"), now = document.getElementById("now");
  var events = new EventSource(location.pathname.replace(/\/$/, "") + "/events");
  events.onmessage = function (event) {
    var news = JSON.parse(event.data);
    document.getElementById("board").innerHTML = news.main;
    state.textContent = "Live,";
    now.textContent = news.now;
  };
  events.onerror = function () {
    state.textContent = "Not connected; as of";
    if (events.readyState === EventSource.CLOSED) setTimeout(function () { location.reload(); }, 15000);
  };
})();
