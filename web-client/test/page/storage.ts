/** The part of the DOM's Storage that is used, with its names as own keys; full at so many names. */
export function newStorage(most = Infinity): Storage {
  const texts: Record<string, string> = {}
  const methods = {
    getItem: (name: string) => (Object.hasOwn(texts, name) ? texts[name] : null),
    setItem: (name: string, text: string) => {
      if (!Object.hasOwn(texts, name) && Object.keys(texts).length >= most)
        throw new DOMException('full', 'QuotaExceededError')
      texts[name] = text
    },
    removeItem: (name: string) => Reflect.deleteProperty(texts, name),
  }
  const get = (_target: object, name: string): unknown =>
    (methods as Record<string, unknown>)[name] ?? texts[name]
  return new Proxy(texts, { get }) as unknown as Storage
}
