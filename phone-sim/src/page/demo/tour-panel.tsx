/** Where the tour is: what happens next, the one button for it, and what was seen to happen. */
import type { JSX, RefObject } from 'preact'
import { Icon } from 'look/icons'
import type { DemoModel } from './demo-model.ts'
import { stepNames, steps } from './tour.ts'

interface Props {
  readonly demo: DemoModel
  /** Where the focus goes when what had it is out of sight. */
  readonly place: RefObject<HTMLElement>
}

export function TourPanel({ demo, place }: Props): JSX.Element {
  const { at, isDone, isOver } = demo.place.value
  const step = steps[at]
  const reached = stepNames.indexOf(at)
  const { code, state } = demo.parts.browser.page.value
  const isReady = at !== 'pair' || code !== null
  const isUnderWay = step.beginsByItself === true && demo.isActing.value
  const isAsking = at === 'pair' && demo.isAsking.value
  return (
    <section ref={place} class="tour" aria-label="Tour" tabIndex={-1}>
      <ol class="stations">
        {stepNames.map((name, index) => {
          const isPast = index < reached || (index === reached && isDone)
          return (
            <li
              key={name}
              aria-current={name === at ? 'step' : undefined}
              class={isPast ? 'past' : undefined}
            >
              <span class="dot">{isPast ? <Icon name="check" /> : index + 1}</span>
              {steps[name].title}
              {isPast && <span class="unseen"> done</span>}
            </li>
          )
        })}
      </ol>
      <div class="tour-step">
        <p role="status">
          {isDone ? (
            <>
              <Icon name="check" /> {step.done}
            </>
          ) : (
            step.told
          )}
          {demo.trouble.value !== '' && <strong class="refused"> {demo.trouble.value}</strong>}
        </p>
        <div class="tour-buttons">
          {!isDone && !isUnderWay && (
            <button
              type="button"
              class="primary"
              disabled={!isReady || isAsking || demo.isActing.value}
              onClick={() => demo.act()}
            >
              {isAsking
                ? 'Alice decides, on the phone'
                : isReady
                  ? step.button
                  : state === null
                    ? 'The browser is loading…'
                    : 'The browser shows no code'}
            </button>
          )}
          {isUnderWay && (
            <span class="under-way">
              <span class="spinner" /> Under way
            </span>
          )}
          {isDone && !isOver && (
            <button type="button" class="primary" onClick={() => demo.next()}>
              Next <Icon name="next" />
            </button>
          )}
          <button
            type="button"
            class={isOver ? 'primary' : 'outlined'}
            disabled={demo.isBusy.value}
            onClick={() => void demo.reset()}
          >
            <Icon name="refresh" /> {demo.isBusy.value ? 'Beginning anew…' : 'Begin anew'}
          </button>
        </div>
      </div>
    </section>
  )
}
