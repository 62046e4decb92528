import t from 'tap'
import { PrototypeGuard } from '../src/guard.ts'

t.test('it notices a member that was added, replaced or removed, and puts it right', async (t) => {
  const guard = new PrototypeGuard()
  t.equal(guard.restore(), null)
  t.equal(guard.hasLeak(), false)

  Object.assign(Object.prototype, { polluted: true })
  t.equal(guard.hasLeak(), true)
  t.equal(guard.restore(), 'Object')
  t.equal(guard.hasLeak(), false)

  const { push } = Array.prototype
  Array.prototype.push = () => 0
  t.equal(guard.restore(), 'Array')
  t.equal(Array.prototype.push, push)

  Reflect.deleteProperty(String.prototype, 'at')
  t.equal(guard.restore(), 'String')
  t.equal('abc'.at(-1), 'c')
  t.equal(guard.restore(), null)
})
