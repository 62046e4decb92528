/**
 * The main states of the page, as a table in the order of a walk: each row says how its state is really caused, from
 * where the row before has left the stage. Screenshots and the audit take the same walks.
 */
import { ALICE, BOB, CARLA, SEEN_MS, type Stage } from './stage.ts'
import { drawPicture, tone } from './drawn-picture.ts'

export interface PageState {
  readonly name: string
  readonly cause: (stage: Stage) => Promise<unknown>
  /** What has to be seen before anybody looks. */
  readonly seen?: (stage: Stage) => Promise<unknown>
  /** Puts it back. */
  readonly after?: (stage: Stage) => Promise<unknown>
}

const CHOIR = 'Choir, Thursdays'

const banner = (title: RegExp) => (stage: Stage) =>
  stage.page.locator('.banner', { hasText: title }).first().waitFor({ timeout: 45_000 })
const dialog = (name: string) => (stage: Stage) => stage.page.getByRole('dialog', { name }).waitFor()
const closeSheet = (stage: Stage) => stage.page.keyboard.press('Escape')
const button = (name: string) => (stage: Stage) =>
  stage.page.getByRole('button', { name, exact: true }).click()
const press = (keys: string) => (stage: Stage) => stage.page.keyboard.press(keys)

/** Opens the menu of the newest message with these words and chooses `item`. */
async function choose({ page }: Stage, words: string, item: string): Promise<void> {
  await page
    .getByRole('log')
    .getByRole('listitem')
    .filter({ hasText: words })
    .last()
    .locator('.meta')
    .click({ button: 'right' })
  await page.getByRole('menuitem', { name: item }).click()
}

async function write({ page }: Stage, name: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: `Message to ${name}` }).fill(text)
  await page.keyboard.press('Enter')
}

export const beforePairing: readonly PageState[] = [
  {
    name: 'pairing',
    cause: ({ page, serverUrl }) => page.goto(serverUrl),
    seen: ({ page }) => page.getByRole('img', { name: /pairing code/i }).waitFor(),
  },
  { name: 'pairing-code-as-text', cause: ({ page }) => page.getByText('The code as text').click() },
]

/** Groups, files and people beyond those of the start. */
async function fill(stage: Stage): Promise<void> {
  await stage.ask('POST', '', { number: CARLA, name: 'Carla' })
  await stage.ask('PATCH', `${BOB}/profile`, { about: 'Soup is a state of mind' })
  const face = await drawPicture(stage.page, { width: 320, height: 320, hue: 330 })
  await stage.ask('PUT', `${CARLA}/picture`, face, 'image/jpeg')
  const { group } = await stage.ask<{ group: { jid: string } }>('POST', `${CARLA}/groups`, {
    subject: CHOIR,
    members: [ALICE, BOB],
  })
  await stage.say(CARLA, group.jid, 'Who brings the stands on Thursday?')
  await stage.say(BOB, group.jid, 'I have two, and a thermos of soup.')
  const { page } = stage
  const view = await drawPicture(page)
  const words = {
    type: 'image',
    mimetype: 'image/jpeg',
    caption: 'The bridge this morning',
    width: '1200',
    height: '800',
  }
  await stage.sendFile(BOB, ALICE, words, view)
  await stage.sendFile(
    BOB,
    ALICE,
    { type: 'audio', mimetype: 'audio/wav', seconds: '3', ptt: 'true' },
    tone(),
  )
  const recipe = Buffer.from('Pumpkin, ginger, patience.\n'.repeat(400))
  await stage.sendFile(
    BOB,
    ALICE,
    { type: 'document', mimetype: 'text/plain', fileName: 'pumpkin-soup.txt' },
    recipe,
  )
  await stage.say(BOB, ALICE, 'The recipe, as promised. Background: https://example.org/soup (second page)')
  await stage.say(BOB, ALICE, 'שלום, מחר בתשע וחצי ליד הגשר')
}

export const linked: readonly PageState[] = [
  {
    name: 'chats',
    async cause(stage) {
      await stage.pair()
      await fill(stage)
    },
    seen: (stage) => stage.chats().getByText(CHOIR).waitFor({ timeout: SEEN_MS }),
  },
  {
    name: 'conversation',
    async cause(stage) {
      await stage.openChat('Bob')
      await write(stage, 'Bob', 'Thank you! I will cook it tonight.')
    },
    seen: (stage) => stage.log().getByText('Delivered').last().waitFor({ timeout: SEEN_MS }),
  },
  {
    name: 'conversation-picture-and-quote',
    async cause(stage) {
      await choose(stage, 'The recipe, as promised', 'Reply')
      await write(stage, 'Bob', 'Ginger! Of course.')
      await stage.log().getByRole('listitem').filter({ hasText: 'Ginger' }).getByText('Delivered').waitFor()
      await choose(stage, 'Ginger! Of course.', 'Star')
      await stage.page.getByRole('listitem').filter({ hasText: 'The bridge this' }).scrollIntoViewIfNeeded()
    },
    seen: ({ page }) => page.getByRole('button', { name: 'Photo: The bridge this morning' }).waitFor(),
  },
  {
    name: 'viewer',
    cause: ({ page }) => page.getByRole('button', { name: 'Photo: The bridge this morning' }).click(),
    seen: dialog('Picture'),
    after: closeSheet,
  },
  {
    name: 'message-menu',
    cause: ({ page }) =>
      page.getByRole('log').getByText('Ginger! Of course.').first().click({ button: 'right' }),
    seen: ({ page }) => page.getByRole('menu').waitFor(),
    after: press('Escape'),
  },
  {
    name: 'forward',
    cause: (stage) => choose(stage, 'Ginger! Of course.', 'Forward'),
    seen: dialog('Forward to'),
    after: closeSheet,
  },
  {
    name: 'delete',
    cause: (stage) => choose(stage, 'Ginger! Of course.', 'Delete'),
    seen: dialog('Delete this message?'),
    after: closeSheet,
  },
  {
    name: 'message-info',
    cause: (stage) => choose(stage, 'Ginger! Of course.', 'Who has it'),
    seen: ({ page }) => page.getByRole('heading', { name: 'Delivered' }).waitFor(),
    after: closeSheet,
  },
  {
    name: 'attach',
    async cause({ page }) {
      const buffer = await drawPicture(page, { hue: 80 })
      await page.locator('input[type=file]').setInputFiles([
        { name: 'hills.jpg', mimeType: 'image/jpeg', buffer },
        { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('thyme') },
      ])
    },
    seen: dialog('Send to Bob'),
    after: closeSheet,
  },
  {
    name: 'search',
    cause: ({ page }) => page.getByRole('searchbox', { name: 'Search chats and messages' }).fill('br'),
    seen: ({ page }) =>
      page.getByRole('list', { name: 'Messages found' }).getByRole('listitem').first().waitFor(),
    after: ({ page }) => page.getByRole('searchbox').fill(''),
  },
]

export const sheets: readonly PageState[] = [
  {
    name: 'group',
    async cause(stage) {
      await stage.pair()
      await fill(stage)
      await stage.openChat(CHOIR)
    },
    seen: (stage) => stage.log().getByText('a thermos of soup').waitFor({ timeout: SEEN_MS }),
  },
  {
    name: 'contact-info',
    async cause(stage) {
      await stage.openChat('Bob')
      await stage.page.keyboard.press('Alt+i')
    },
    seen: ({ page }) => page.getByText('Soup is a state of mind').waitFor(),
    after: closeSheet,
  },
  {
    name: 'group-info',
    async cause(stage) {
      await stage.openChat(CHOIR)
      await stage.page.keyboard.press('Alt+i')
    },
    seen: ({ page }) => page.getByText('3 members').waitFor(),
    after: closeSheet,
  },
  { name: 'new-chat', cause: button('New chat'), seen: dialog('New chat'), after: closeSheet },
  {
    name: 'new-group',
    async cause(stage) {
      await button('New chat')(stage)
      await stage.page.getByText('A group', { exact: true }).click()
    },
    seen: ({ page }) => page.getByLabel('Name of the group').waitFor(),
    after: closeSheet,
  },
  {
    name: 'starred',
    async cause(stage) {
      await write(stage, CHOIR, 'Why not at nine?')
      await stage.log().getByText('Delivered').waitFor({ timeout: SEEN_MS })
      await choose(stage, 'Why not at nine?', 'Star')
      await stage.log().getByText('Starred').waitFor({ timeout: SEEN_MS })
      await stage.page.keyboard.press('Alt+b')
    },
    seen: ({ page }) => page.getByRole('dialog').getByText('Why not at nine?').waitFor(),
    after: closeSheet,
  },
  { name: 'settings', cause: button('Settings'), seen: dialog('Settings'), after: closeSheet },
  {
    name: 'keys',
    async cause({ page }) {
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.keyboard.press('?')
    },
    seen: dialog('Keys'),
    after: closeSheet,
  },
  {
    name: 'call-rings',
    cause: (stage) => stage.ask('POST', `${BOB}/calls`, { to: ALICE }),
    seen: ({ page }) => page.getByText('is calling').first().waitFor({ timeout: SEEN_MS }),
  },
]

const begin: PageState['cause'] = async (stage) => {
  await stage.pair()
  await stage.openChat('Bob')
}

/** What can be the matter with the phone. */
export const phoneTrouble: readonly PageState[] = [
  {
    name: 'battery-low',
    async cause(stage) {
      await begin(stage)
      await stage.device(ALICE, { batteryPercent: 9, plugged: false })
    },
    seen: banner(/9 % battery/),
    after: (stage) => stage.device(ALICE, { batteryPercent: 88 }),
  },
  {
    name: 'phone-dozing',
    async cause(stage) {
      await stage.device(ALICE, { app: 'dozing' })
      await write(stage, 'Bob', 'Are you up already?')
    },
    seen: banner(/dozing/),
    after: (stage) => stage.device(ALICE, { app: 'running' }),
  },
  {
    name: 'phone-unreachable',
    async cause(stage) {
      await stage.log().getByText('Delivered').last().waitFor({ timeout: SEEN_MS })
      await stage.device(ALICE, { network: 'none' })
      await write(stage, 'Bob', 'Into the silence')
      await stage.page.reload() // the server tells who comes anew at once; an open page asks first
      await stage.openChat('Bob')
    },
    seen: banner(/phone cannot be reached/),
  },
  {
    name: 'why-is-it-stuck',
    cause: button('Why is it stuck?'),
    seen: dialog('Why is it stuck?'),
    async after(stage) {
      await closeSheet(stage)
      await stage.device(ALICE, { network: 'wifi' })
    },
  },
]

/** What can be the matter with this browser, its login, and the server. */
export const serverTrouble: readonly PageState[] = [
  {
    name: 'paused',
    async cause(stage) {
      await begin(stage)
      await button('Settings')(stage)
      await stage.page.getByRole('switch', { name: 'Pause syncing' }).click()
      await stage.page.keyboard.press('Escape')
    },
    seen: banner(/paused/),
    after: ({ page }) => page.locator('.banner button:visible').first().click(),
  },
  {
    name: 'opened-elsewhere',
    async cause(stage) {
      const other = await stage.open()
      await other.goto(stage.serverUrl)
      await stage.chats(other).waitFor()
    },
    seen: banner(/another browser/),
    after: ({ page }) => page.locator('.banner button:visible').first().click(),
  },
  {
    name: 'server-unreachable',
    cause: (stage) => stage.stopServer(),
    seen: banner(/server cannot be reached/),
  },
  {
    name: 'computer-offline',
    cause: ({ context }) => context.setOffline(true),
    seen: banner(/computer is offline/),
    async after(stage) {
      await stage.context.setOffline(false)
      await stage.startServer()
      await stage.page.getByRole('button', { name: 'Try now' }).first().click()
      await stage.page.locator('.banner').first().waitFor({ state: 'detached', timeout: SEEN_MS })
    },
  },
  {
    name: 'log-out',
    async cause(stage) {
      await button('Settings')(stage)
      await button('Log out')(stage)
    },
    seen: dialog('Log out of this browser?'),
    after: closeSheet,
  },
  {
    name: 'logged-out-by-the-phone',
    async cause(stage) {
      const linked = await stage.ask<{ id: string }[]>('GET', `${ALICE}/companions`)
      for (const { id } of linked) await stage.ask('DELETE', `${ALICE}/companions/${id}`)
    },
    seen: ({ page }) => page.getByText('The phone has ended this link').waitFor({ timeout: SEEN_MS }),
  },
  {
    name: 'too-old',
    async cause(stage) {
      await stage.stopServer()
      await stage.startServer({ TETHER_OLDEST_CLIENT: '9.9999.9', TETHER_OUTDATED_CLIENTS: 'refuse' })
      await stage.page.goto(stage.serverUrl)
    },
    seen: ({ page }) => page.getByText('too old for the server').waitFor({ timeout: SEEN_MS }),
  },
]
