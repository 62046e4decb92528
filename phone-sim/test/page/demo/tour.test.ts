import t from 'tap'
import { afterFact, afterNext, type Fact, firstPlace, stepNames, steps } from '../../../src/page/demo/tour.ts'

t.test('it goes through seven steps, each by its own effect and then by a person', (t) => {
  let place = firstPlace
  for (const name of stepNames) {
    t.match(place, { at: name, isDone: false, isOver: false })
    t.equal(afterNext(place), place, 'nobody goes on before it has happened')
    for (const other of stepNames) {
      if (other !== name)
        t.equal(afterFact(place, steps[other].endsWith), place, `${other} is no effect of ${name}`)
    }
    place = afterFact(place, steps[name].endsWith)
    t.ok(place.isDone)
    if (name !== 'revoke') place = afterNext(place)
  }
  t.match(place, { at: 'revoke', isDone: true, isOver: true })
  t.equal(afterNext(place), place)
  t.end()
})

t.test('it waits for another effect at each step', (t) => {
  const facts = new Set<Fact>(stepNames.map((name) => steps[name].endsWith))
  t.equal(facts.size, 7)
  t.end()
})
