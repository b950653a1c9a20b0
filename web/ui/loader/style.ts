// The look of the launcher and the frame. It lives in a shadow root, so that the page's styles and these
// do not meet, and is given as a constructed sheet, which a strict CSP allows.
export const css = `
:host { all: initial; position: static; }
.launcher, .frame { position: fixed; right: max(20px, env(safe-area-inset-right)); z-index: 2147483000; }
.launcher {
  bottom: max(20px, env(safe-area-inset-bottom)); display: grid; place-items: center; width: 56px; height: 56px; padding: 0; border: 0;
  border-radius: 50%; background: var(--rc-accent, #2b50d0); color: var(--rc-on, #fff); cursor: pointer;
  box-shadow: 0 6px 20px rgb(16 24 40 / .24), 0 1px 4px rgb(16 24 40 / .16); transition: transform .14s cubic-bezier(.2,.7,.2,1);
}
.launcher:hover { transform: translateY(-2px); }
.launcher:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px var(--rc-accent, #2b50d0); }
.launcher svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.launcher.open .chat, .launcher:not(.open) .down { display: none; }
.badge {
  position: absolute; top: -4px; right: -4px; box-sizing: border-box; min-width: 22px; height: 22px; padding: 0 6px; border: 2px solid #fff; border-radius: 11px;
  background: #b3261e; color: #fff; font: 600 12px/18px system-ui, sans-serif; text-align: center;
}
.frame {
  bottom: max(88px, calc(env(safe-area-inset-bottom) + 88px)); width: 400px; max-width: calc(100vw - 40px); height: min(680px, calc(100dvh - 108px)); overflow: hidden;
  border-radius: 18px; background: #f5f6f8; box-shadow: 0 18px 48px rgb(16 24 40 / .22), 0 4px 12px rgb(16 24 40 / .1);
}
.frame.dark { background: #0f1217; }
.frame iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
[hidden] { display: none !important; }
@media (prefers-color-scheme: dark) { .frame:not(.light) { background: #0f1217; } }
@media (max-width: 600px) {
  .frame { inset: 0; width: 100vw; max-width: none; height: 100vh; height: 100dvh; border-radius: 0; }
  .open.launcher { display: none; }
}
@media (prefers-reduced-motion: reduce) { .launcher { transition: none; } }
@media print { .launcher, .frame { display: none; } }
`
