/** The main states of the phones' page and of the demo, as tables in the order of a walk (states.ts). */
import { ALICE, qrText, SEEN_MS, type Stage } from './stage.ts'
import type { PageState } from './states.ts'

const alice = ({ page }: Stage) => page.locator(`[data-phone="${ALICE}"]`)
const press = (name: string) => (stage: Stage) =>
  alice(stage).getByRole('button', { name, exact: true }).click()
const tour = ({ page }: Stage, name: string) =>
  page.getByRole('region', { name: 'Tour' }).getByRole('button', { name }).click()

/** Gives the scanner that is open the code of a new browser. */
async function scanText(stage: Stage): Promise<void> {
  const { page } = stage
  const client = await stage.open()
  await client.goto(stage.serverUrl)
  await page.getByLabel(/Or paste/).fill(await qrText(client))
  await page.getByRole('button', { name: 'Scan the text' }).click()
}

async function scanNew(stage: Stage): Promise<void> {
  await press('Scan')(stage)
  await scanText(stage)
}

export const phoneScreens: readonly PageState[] = [
  {
    name: 'chats',
    cause: ({ page, phonesUrl }) => page.goto(phonesUrl),
    seen: (stage) => alice(stage).getByRole('list', { name: 'Chats of Alice' }).waitFor(),
  },
  {
    name: 'conversation',
    cause: (stage) =>
      alice(stage).getByRole('list', { name: 'Chats of Alice' }).getByRole('button', { name: /Bob/ }).click(),
    seen: (stage) => alice(stage).getByRole('log').waitFor(),
  },
  {
    name: 'scan',
    async cause(stage) {
      await press('Browsers')(stage)
      await press('Scan')(stage)
    },
    seen: ({ page }) => page.getByLabel(/Or paste/).waitFor(),
  },
  {
    name: 'consent',
    cause: scanText,
    seen: (stage) => alice(stage).getByRole('dialog', { name: 'Link this browser?' }).waitFor(),
  },
  {
    name: 'consent-elsewhere',
    async cause(stage) {
      await press('Deny')(stage)
      await stage.device(ALICE, { network: 'cell' }) // no browser is in its network then
      await scanNew(stage)
    },
    seen: (stage) => alice(stage).getByText('not this phone’s').waitFor(),
  },
  {
    name: 'consent-warned',
    cause: press('Allow'),
    seen: (stage) => alice(stage).getByRole('alert').waitFor(),
    async after(stage) {
      await press('Deny')(stage)
      await stage.device(ALICE, { network: 'wifi' })
      await scanNew(stage)
    },
  },
  {
    name: 'browsers',
    cause: press('Allow'),
    seen: (stage) => alice(stage).getByText('is linked').waitFor({ timeout: SEEN_MS }),
  },
  {
    name: 'browser-sheet',
    cause: (stage) => alice(stage).getByText('Reads and writes').first().click(),
    seen: ({ page }) => page.getByRole('switch', { name: 'Pause' }).waitFor(),
    after: ({ page }) => page.keyboard.press('Escape'),
  },
  { name: 'keys', cause: press('Keys') },
  { name: 'record', cause: press('Record') },
  { name: 'device', cause: press('Device') },
  {
    name: 'off',
    cause: press('Power off'),
    seen: (stage) => alice(stage).getByRole('button', { name: 'Switch on' }).waitFor(),
    after: press('Switch on'),
  },
]

export const demoSteps: readonly PageState[] = [
  {
    name: 'start',
    async cause(stage) {
      const { page, phonesUrl } = stage
      await stage.stopServer()
      await stage.startServer({ TETHER_DEMO: 'on', TETHER_DEMO_ORIGINS: phonesUrl })
      await page.goto(`${phonesUrl}/demo`)
    },
    seen: ({ page }) =>
      page
        .frameLocator('iframe')
        .getByRole('img', { name: /pairing code/i })
        .waitFor(),
  },
  {
    name: 'consent',
    cause: (stage) => tour(stage, 'Scan the code'),
    seen: (stage) => alice(stage).getByRole('dialog').waitFor(),
  },
  {
    name: 'linked',
    cause: press('Allow'),
    seen: ({ page }) => page.getByText('two different encryptions').waitFor({ timeout: SEEN_MS }),
  },
  {
    name: 'ticks',
    cause: (stage) => tour(stage, 'Answer from the browser'),
    seen: ({ page }) => page.getByText('Two blue ticks').waitFor({ timeout: SEEN_MS }),
  },
]
