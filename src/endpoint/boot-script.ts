/**
 * The script that starts LiveView in a page, as the text that is sent to browsers.
 *
 * It stands after the two client scripts, deferred like them, and is told what it needs by its own
 * element: `data-socket` is the path of the LiveView socket (default `/live`), `data-hooks` the URL of an
 * ES module with the application's hooks, exported by default or as `hooks`. It works under a content
 * security policy that forbids inline scripts, inline styles and evaluation.
 */
export const bootScript = `(() => {
  "use strict";
  const element = document.currentScript;
  const csrfToken = document.querySelector("meta[name='csrf-token']")?.getAttribute("content");

  const connect = (hooks) => {
    const params = csrfToken ? { _csrf_token: csrfToken } : {};
    const liveSocket = new LiveView.LiveSocket(element?.dataset.socket || "/live", Phoenix.Socket, { params, hooks });
    liveSocket.connect();
    window.liveSocket = liveSocket;
  };

  const connectWithHooks = async (url) => {
    let hooks = {};
    try {
      const module = await import(new URL(url, document.baseURI).href);
      hooks = module.hooks ?? module.default ?? {};
    } catch (error) {
      console.error("The hooks of " + url + " could not be loaded; the page goes on without them.", error);
    }
    connect(hooks);
  };

  const installProgressBar = () => {
    const showAfter = 120;
    const bar = document.createElement("div");
    bar.setAttribute("aria-hidden", "true");
    Object.assign(bar.style, {
      position: "fixed", zIndex: "2147483647", top: "0", left: "0", width: "100%", height: "3px",
      background: "var(--anqa-progress-color, #2563eb)", opacity: "0", transform: "scaleX(0)",
      transformOrigin: "left", pointerEvents: "none",
    });
    let waiting;
    const show = (scale, opacity, transition) => Object.assign(bar.style, {
      transition, opacity, transform: "scaleX(" + scale + ")",
    });
    window.addEventListener("phx:page-loading-start", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        document.body.append(bar);
        show(0, "1", "none");
        bar.getBoundingClientRect();
        show(0.85, "1", "transform 8s cubic-bezier(0.1, 0.7, 0.1, 1)");
      }, showAfter);
    });
    window.addEventListener("phx:page-loading-stop", () => {
      clearTimeout(waiting);
      if (bar.isConnected) show(1, "0", "transform 200ms ease-out, opacity 300ms ease-out 150ms");
    });
  };

  if (!window.Phoenix || !window.LiveView) {
    console.error("Anqa's boot script must stand after the scripts phoenix and phoenix_live_view.");
    return;
  }
  installProgressBar();
  const hooksUrl = element?.dataset.hooks;
  if (hooksUrl) connectWithHooks(hooksUrl);
  else connect({});
})();
`;
