/** What stands between this page and its messages, as a table: the first row that holds is shown. */
import type { Why } from '../../line.ts'
import type { ClientState } from '../../states.ts'
import { refusalWords } from '../words.ts'

export interface BannerFacts {
  readonly state: ClientState
  readonly why: Why | null
  /** What the browser believes of its own network. */
  readonly online: boolean
  readonly outdated: boolean
  readonly batteryPercent: number | null
  readonly plugged: boolean | null
  /** The phone is connected, and its app does not answer. */
  readonly asleep: boolean
  /** When this browser last knew all that the phone knew, as people write it; null when it never did. */
  readonly synced: string | null
  /** Until the next attempt; null when none is planned. */
  readonly retrySeconds: number | null
}

export type BannerAction = 'retry' | 'useHere' | 'restart' | 'reload' | 'unpause'

export interface BannerWords {
  readonly tone: 'wait' | 'warn' | 'stop'
  readonly icon:
    'browser' | 'server' | 'phoneOff' | 'sleep' | 'battery' | 'wifiOff' | 'alert' | 'refresh' | 'pause'
  readonly title: string
  readonly text: string
  readonly action?: readonly [BannerAction, string]
}

const LOW_BATTERY_PERCENT = 15

interface Row {
  readonly when: (facts: BannerFacts) => boolean
  readonly words: (facts: BannerFacts) => BannerWords
}

const is =
  (...states: readonly ClientState[]) =>
  ({ state }: BannerFacts): boolean =>
    states.includes(state)

const rows: readonly Row[] = [
  {
    when: is('paused'),
    words: ({ synced }) => ({
      tone: 'wait',
      icon: 'pause',
      title: 'Syncing is paused',
      text: `${synced === null ? '' : `Last synced ${synced}. `}What you write waits here.`,
      action: ['unpause', 'Resume'],
    }),
  },
  {
    when: is('replaced'),
    words: () => ({
      tone: 'stop',
      icon: 'browser',
      title: 'Opened in another browser',
      text: 'One browser at a time is served. What is here stays readable.',
      action: ['useHere', 'Use here'],
    }),
  },
  {
    when: ({ state, why }) => state === 'refused' && why?.status === 426,
    words: () => ({
      tone: 'stop',
      icon: 'refresh',
      title: 'This page is too old',
      text: 'The server no longer talks to this version. Load the page again to get the present one.',
      action: ['reload', 'Load again'],
    }),
  },
  {
    when: is('refused'),
    words: ({ why }) => ({
      tone: 'stop',
      icon: 'alert',
      title: 'Not connected',
      text: refusalWords(why),
      action: ['restart', 'Try again'],
    }),
  },
  {
    when: (facts) => is('offline', 'connecting', 'opening')(facts) && !facts.online,
    words: () => ({
      tone: 'warn',
      icon: 'wifiOff',
      title: 'This computer is offline',
      text: 'Messages wait here until it has a network again.',
      action: ['retry', 'Try now'],
    }),
  },
  {
    when: is('offline'),
    words: ({ retrySeconds }) => ({
      tone: 'warn',
      icon: 'server',
      title: 'The server cannot be reached',
      text: `Messages wait here. ${
        retrySeconds !== null && retrySeconds > 0 ? `Next attempt in ${retrySeconds} s.` : 'Trying again.'
      }`,
      action: ['retry', 'Try now'],
    }),
  },
  {
    when: is('idle', 'connecting', 'opening'),
    words: () => ({
      tone: 'wait',
      icon: 'server',
      title: 'Connecting',
      text: 'What you write now waits here.',
    }),
  },
  {
    when: ({ state, asleep }) => asleep && (state === 'open' || state === 'phoneUnreachable'),
    words: () => ({
      tone: 'warn',
      icon: 'sleep',
      title: 'Your phone is dozing',
      text: 'It has a network, but its app sleeps. Wake it; until then messages wait for it.',
    }),
  },
  {
    when: is('phoneUnreachable'),
    words: () => ({
      tone: 'warn',
      icon: 'phoneOff',
      title: 'Your phone cannot be reached',
      text: 'The server is there; the phone is off, asleep or without network. Messages wait for it.',
    }),
  },
  {
    when: ({ outdated }) => outdated,
    words: () => ({
      tone: 'wait',
      icon: 'refresh',
      title: 'There is a newer version of this page',
      text: 'Load it when it suits you; nothing is lost.',
      action: ['reload', 'Load again'],
    }),
  },
  {
    when: ({ batteryPercent, plugged }) =>
      batteryPercent !== null && batteryPercent <= LOW_BATTERY_PERCENT && plugged !== true,
    words: ({ batteryPercent }) => ({
      tone: 'warn',
      icon: 'battery',
      title: `Your phone has ${batteryPercent} % battery left`,
      text: 'When it is empty, this page stops working too.',
    }),
  },
]

/** Null when all is well. */
export function bannerOf(facts: BannerFacts): BannerWords | null {
  return rows.find(({ when }) => when(facts))?.words(facts) ?? null
}
