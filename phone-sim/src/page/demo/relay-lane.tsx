/** The relay as it sees itself: times, sizes, addresses, the little it can read, and hatched what it cannot. */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from 'look/icons'
import { wordsOfFrame } from './relay-words.ts'
import type { RelayFeed, SeenEvent } from './relay-feed.ts'

export function RelayLane({ relay }: { readonly relay: RelayFeed }): JSX.Element {
  const seen = relay.seen.value
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [seen.at(-1)?.order])
  return (
    <>
      <div class="lane-head">
        <h2>
          <Icon name="server" /> Relay
        </h2>
        <Sums relay={relay} />
      </div>
      <p class="legend">
        <span class="key-clear">it can read</span>
        <span class="key-sealed">sealed for others</span>
      </p>
      <div class="lane-ends" aria-hidden="true">
        <span>phones</span>
        <span>browser</span>
      </div>
      <ol ref={list} class="frames" aria-label="Frames at the relay, newest last" tabIndex={0}>
        {seen.map((event) => (
          <FrameRow key={event.order} event={event} />
        ))}
        {seen.length === 0 && (
          <li class="empty">
            {relay.isThere.value
              ? 'Nothing has passed since you opened this page.'
              : 'This relay does not let itself be watched.'}
          </li>
        )}
      </ol>
    </>
  )
}

function Sums({ relay }: { readonly relay: RelayFeed }): JSX.Element {
  const { frames, bytes, sealedBytes } = relay.sums.value
  const share = bytes === 0 ? 0 : Math.round((100 * sealedBytes) / bytes)
  return (
    <span class="sums">
      {frames} frames, {formatBytes(bytes)}, {share} % sealed
    </span>
  )
}

function FrameRow({ event }: { readonly event: SeenEvent }): JSX.Element {
  const { type, leg, way, at, address, label, bytes = 0, sealedBytes = 0, to } = event
  if (type !== 'frame') {
    return (
      <li class={`frame peer ${leg}`}>
        <span class="frame-label">
          {leg} {type === 'opened' ? 'connected' : 'gone'}
        </span>
        <span class="frame-facts">
          {formatClock(at)} · {address}
        </span>
      </li>
    )
  }
  // phones are at the left, the browser at the right
  const isRightward = (leg === 'phone') === (way === 'in')
  const from = way === 'in' ? leg : 'relay'
  const goal = way === 'in' ? 'relay' : leg
  return (
    <li class={`frame ${leg}`}>
      <span class="frame-label">
        <span class="unseen">
          from {from} to {goal}:{' '}
        </span>
        <span class="arrow">
          <Icon name={isRightward ? 'next' : 'back'} />
        </span>
        {wordsOfFrame(label ?? '')}
        {to !== undefined && <b> to +{to}</b>}
      </span>
      <Bar clear={bytes - sealedBytes} sealed={sealedBytes} />
      <span class="frame-facts">
        {formatClock(at)} · {address} · {formatBytes(bytes)}
      </span>
    </li>
  )
}

const WIDTH = 100

/** As wide as the frame is large, by its logarithm: 16 bytes and 64 kB both have to be seen. Attributes, as the policy allows no style. */
function Bar({ clear, sealed }: { readonly clear: number; readonly sealed: number }): JSX.Element {
  const total = clear + sealed
  const width = Math.min(WIDTH, Math.max(4, (WIDTH * Math.log2(total / 8 + 1)) / 13))
  const clearWidth = total === 0 ? 0 : (width * clear) / total
  const strokes = Array.from(
    { length: Math.floor((width - clearWidth) / 1.6) },
    (_, at) => clearWidth + at * 1.6,
  )
  return (
    <svg
      class="bytes"
      viewBox={`0 0 ${WIDTH} 4`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="clear" width={clearWidth} height="4" />
      <rect class="sealed" x={clearWidth} width={Math.max(0, width - clearWidth)} height="4" />
      <path class="hatch" d={strokes.map((x) => `M${x.toFixed(1)} 4l1.6-4`).join('')} />
    </svg>
  )
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function formatClock(ms: number): string {
  return `${clock.format(new Date(ms))}.${String(ms % 1000).padStart(3, '0')}`
}

function formatBytes(bytes: number): string {
  return bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`
}
