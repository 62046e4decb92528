/** Where one writes, wherever one has been. */
export function focusComposer(): void {
  document.querySelector<HTMLElement>('.composer textarea')?.focus()
}
