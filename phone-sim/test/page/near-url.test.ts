import t from 'tap'
import { isElsewhere, nearUrl } from '../../src/page/near-url.ts'

t.test('it calls a neighbour on this machine by the name the page was opened under', (t) => {
  t.equal(nearUrl('http://localhost:8080', '127.0.0.1'), 'http://127.0.0.1:8080')
  t.equal(nearUrl('http://127.0.0.1:8080', 'localhost'), 'http://localhost:8080')
  t.equal(nearUrl('http://relay.example:8080', 'localhost'), 'http://relay.example:8080')
  t.equal(nearUrl('http://localhost:8080', '192.168.1.5'), 'http://192.168.1.5:8080', 'seen from elsewhere')
  t.end()
})

t.test('it knows when the page was opened on another machine than its neighbour', (t) => {
  t.ok(isElsewhere('http://localhost:8080', '192.168.1.5'))
  t.notOk(isElsewhere('http://localhost:8080', '127.0.0.1'))
  t.notOk(isElsewhere('http://relay.example:8080', '192.168.1.5'), 'an address for everybody')
  t.end()
})
