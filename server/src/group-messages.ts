/** What phones ask of the directory's groups (proto/directory-link): one handler for each message. */
import type { LinkBody } from 'proto/phone-link'
import type { AttachedPhone } from './peers.ts'
import type { Services } from './services.ts'

type GroupMessage = 'groupCreate' | 'groupChange' | 'groupFacts' | 'groupJoin' | 'groupInvite'
type Handler<N extends GroupMessage> = (
  body: LinkBody<N>,
  phone: AttachedPhone,
  context: unknown,
  services: Pick<Services, 'groups'>,
) => Promise<void>

export const groupHandlers: { readonly [N in GroupMessage]: Handler<N> } = {
  async groupCreate({ id, subject, members, by = null }, phone, _context, { groups }) {
    const { group, results } = await groups.create(phone, subject, members, by)
    phone.reply(id, { group, results })
  },

  async groupChange({ id, group: jid, change, by = null }, phone, _context, { groups }) {
    const { group, results } = await groups.change(phone, jid, change, by)
    phone.reply(id, { group, results })
  },

  async groupFacts({ id, group }, phone, _context, { groups }) {
    phone.reply(id, await groups.facts(phone.number, group))
  },

  async groupJoin({ id, code, by = null }, phone, _context, { groups }) {
    phone.reply(id, (await groups.join(phone, code, by)).group)
  },

  async groupInvite({ id, group, reset }, phone, _context, { groups }) {
    const code = reset ? await groups.resetInvite(phone, group) : await groups.inviteCode(phone.number, group)
    phone.reply(id, { code })
  },
}
