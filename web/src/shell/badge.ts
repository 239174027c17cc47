/** How much is unread, where the browser shows it when the page is not looked at: in its tab, and on the icon of the app. */
export function showUnread(title: string, unread: number): void {
  document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
  const shown = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  void shown?.catch(() => undefined);
}
