import t from 'tap'
import { dayOf, formatDay, formatDayWithin, formatMoment, isoTime } from '../src/dates.ts'

const noon = new Date(2024, 4, 15, 12, 0).getTime()
const at = (day: number, hour = 9): number => new Date(2024, 4, day, hour, 5).getTime() / 1000

t.test('tells days apart by local midnight', async (t) => {
  t.equal(dayOf(at(15, 0)), dayOf(at(15, 23)))
  t.equal(dayOf(at(16, 0)) - dayOf(at(15, 23)), 1)
})

t.test('names the day of a message', async (t) => {
  t.equal(formatDay(at(15), noon), 'Today')
  t.equal(formatDay(at(14, 23), noon), 'Yesterday')
  t.equal(
    formatDay(at(9), noon),
    new Intl.DateTimeFormat(undefined, { weekday: 'long' }).format(at(9) * 1000),
  )
  t.match(formatDay(at(8), noon), /2024/)
  t.equal(formatDayWithin(at(15), noon), 'today')
  t.equal(formatDayWithin(at(9), noon), formatDay(at(9), noon))
  t.match(formatDay(at(17), noon), /2024/, 'a day to come has its date')
})

t.test('gives the time today, then the day', async (t) => {
  t.match(formatMoment(at(15), noon), /9:05/)
  t.equal(formatMoment(at(14), noon), 'Yesterday')
  t.notMatch(formatMoment(at(1), noon), /2024/)
  t.match(formatMoment(at(1) - 366 * 86_400, noon), /2023/)
  t.equal(formatMoment(0, noon), '')
})

t.test('gives machines the time in UTC', async (t) => {
  t.equal(isoTime(0), '1970-01-01T00:00:00.000Z')
})
