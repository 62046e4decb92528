/**
 * Where stories of the page happen: a server and phones as programs of their own, both of which can be stopped and
 * started again at the same place, and a page in Chromium. Whatever the page shows has really been caused.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { launchChromium } from '../chromium.ts'
import { startPhones, startServer, type Program } from '../programs.ts'

export const ALICE = '15550001111'
export const BOB = '15550002222'
export const CARLA = '15550004444'
const PASSPHRASE = 'the page is a stage'
export const SEEN_MS = 20_000

export interface Device {
  readonly network?: 'wifi' | 'cell' | 'none'
  readonly app?: 'running' | 'dozing' | 'killed'
  readonly batteryPercent?: number
  readonly plugged?: boolean
}

export class Stage {
  readonly #folder: string
  readonly #settings: Readonly<Record<string, string>>
  #server: Program
  #phones: Program
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  /** What the page has complained of: errors that nobody caught, and errors on the console. */
  readonly troubles: string[] = []

  constructor(
    folder: string,
    settings: Readonly<Record<string, string>>,
    programs: { readonly server: Program; readonly phones: Program },
    chromium: { readonly browser: Browser; readonly context: BrowserContext; readonly page: Page },
  ) {
    this.#folder = folder
    this.#settings = settings
    this.#server = programs.server
    this.#phones = programs.phones
    this.browser = chromium.browser
    this.context = chromium.context
    this.page = chromium.page
    watch(this.page, this.troubles)
  }

  get serverUrl(): string {
    return this.#server.url
  }

  get phonesUrl(): string {
    return this.#phones.url
  }

  /** Asks the phones' program, below `/phones/`. Throws for an answer that is not fine. */
  async ask<T = unknown>(method: string, path: string, body?: object | Buffer, type?: string): Promise<T> {
    const response = await fetch(`${this.phonesUrl}/phones${path === '' ? '' : `/${path}`}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': type ?? 'application/json' } }),
      ...(body !== undefined && {
        body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body),
      }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  device(number: string, device: Device): Promise<unknown> {
    return this.ask('PATCH', `${number}/device`, device)
  }

  say(from: string, to: string, text: string): Promise<unknown> {
    return this.ask('POST', `${from}/messages`, { to, text })
  }

  sendFile(
    from: string,
    to: string,
    words: Readonly<Record<string, string>>,
    bytes: Buffer,
  ): Promise<unknown> {
    const query = new URLSearchParams({ to, ...words }).toString()
    return this.ask('POST', `${from}/media?${query}`, bytes, 'application/octet-stream')
  }

  async textsOf(number: string, other: string): Promise<readonly string[]> {
    const chat = other.includes('@') ? other : `${other}@s.whatsapp.net`
    const rows = await this.ask<{ text: string }[]>('GET', `${number}/chats/${chat}/messages`)
    return rows.map(({ text }) => text)
  }

  /** Opens the page and lets Alice scan its code. */
  async pair(page: Page = this.page, consent: object = {}): Promise<void> {
    await page.goto(this.serverUrl)
    const qr = await qrText(page)
    await this.ask('POST', `${ALICE}/scan`, { qr, consent: { grant: true, ...consent } })
    await this.chats(page).waitFor()
  }

  /** Another window of the same browser, or with a context of another browser. */
  async open(context: BrowserContext = this.context): Promise<Page> {
    const page = await context.newPage()
    watch(page, this.troubles)
    return page
  }

  chats(page: Page = this.page): Locator {
    return page.getByRole('list', { name: 'Chats', exact: true })
  }

  log(page: Page = this.page): Locator {
    return page.getByRole('log')
  }

  async openChat(name: string, page: Page = this.page): Promise<void> {
    await this.chats(page).getByRole('button', { name }).first().click()
    await page.getByRole('region', { name: `Conversation with ${name}` }).waitFor()
  }

  async stopServer(): Promise<void> {
    await this.#server.stop()
  }

  async killServer(): Promise<void> {
    await this.#server.kill()
  }

  /** At the place where it was, with other settings if need be. */
  async startServer(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const { port } = new URL(this.#server.url)
    this.#server = await startServer(join(this.#folder, 'server'), {
      ...this.#settings,
      TETHER_SERVER_PORT: port,
      ...settings,
    })
  }

  async stopPhones(): Promise<void> {
    await this.#phones.stop()
  }

  async killPhones(): Promise<void> {
    await this.#phones.kill()
  }

  /** The phones' program stands still with its connections open until what is returned is called. */
  freezePhones(): () => void {
    const phones = this.#phones
    phones.freeze()
    return () => phones.goOn()
  }

  /** At the place where they were; `serverUrl` is another way to the server. */
  async startPhones(serverUrl: string = this.serverUrl): Promise<void> {
    const { port } = new URL(this.#phones.url)
    this.#phones = await startPhones(join(this.#folder, 'phones'), serverUrl, PASSPHRASE, {
      ...this.#settings,
      TETHER_CAST: 'on',
      TETHER_PHONES_PORT: port,
    })
  }

  async end(): Promise<void> {
    await this.browser.close()
    await Promise.all([this.#phones.stop(), this.#server.stop()])
  }
}

/** A microphone that beeps, for whoever is given one. */
const FAKE_MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

/** `settings` are for both programs. The caller ends it. */
export async function openStage(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const [serverFolder, phonesFolder] = [join(folder, 'server'), join(folder, 'phones')]
  for (const each of [serverFolder, phonesFolder]) mkdirSync(each, { recursive: true })
  const server = await startServer(serverFolder, settings)
  const [phones, browser] = await Promise.all([
    startPhones(phonesFolder, server.url, PASSPHRASE, { ...settings, TETHER_CAST: 'on' }),
    launchChromium(FAKE_MICROPHONE),
  ])
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  return new Stage(folder, settings, { server, phones }, { browser, context, page })
}

/** The text under the code, as a person without a camera copies it. */
export async function qrText(page: Page): Promise<string> {
  const field = page.getByLabel('Text of the pairing code')
  if (!(await field.isVisible())) await page.getByText('The code as text').click()
  return field.inputValue()
}

/** Lost connections are what some stories are about; the browser's own lines about them are no trouble of the page. */
const EXPECTED = /WebSocket connection to|net::ERR_|Failed to load resource/

function watch(page: Page, troubles: string[]): void {
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error' && !EXPECTED.test(line.text())) troubles.push(line.text())
  })
}
