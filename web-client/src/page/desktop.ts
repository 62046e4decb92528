/** The browser's own notifications. They need a page at localhost or over https, and a click to be allowed. */
export type DesktopRight = 'granted' | 'denied' | 'default' | 'impossible'

export function desktopRight(): DesktopRight {
  return isSecureContext && 'Notification' in globalThis ? Notification.permission : 'impossible'
}

/** Asks the person; call it on a click only. */
export async function askDesktopRight(): Promise<DesktopRight> {
  return desktopRight() === 'impossible' ? 'impossible' : Notification.requestPermission()
}

export function showOnDesktop(title: string, body: string, tag: string, clicked: () => void): void {
  if (desktopRight() !== 'granted') return
  const shown = new Notification(title, { body, tag, icon: '/mark.svg' })
  shown.onclick = () => {
    window.focus()
    clicked()
    shown.close()
  }
}
