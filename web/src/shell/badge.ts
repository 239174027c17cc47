/** How much waits, where the browser shows it when the page is not looked at: unread messages in its tab, and all that waits on the icon of the app. */
export function showWaiting(title: string, unread: number, todo: number): void {
  document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
  const all = unread + todo;
  const shown = all > 0 ? navigator.setAppBadge?.(all) : navigator.clearAppBadge?.();
  void shown?.catch(() => undefined);
}
