/** What phones change in the directory of persons (proto/directory-link): one handler for each message. */
import type { LinkBody } from 'proto/phone-link'
import type { AttachedPhone } from './peers.ts'
import type { Services } from './services.ts'

type DirectoryMessage = 'about' | 'picture' | 'business' | 'block' | 'roster'
type Handler<N extends DirectoryMessage> = (
  body: LinkBody<N>,
  phone: AttachedPhone,
  context: unknown,
  services: Pick<Services, 'directory'>,
) => Promise<void>

export const directoryHandlers: { readonly [N in DirectoryMessage]: Handler<N> } = {
  async about({ id, text, by }, phone, _context, { directory }) {
    await directory.setAbout(phone, text, by)
    phone.reply(id, {})
  },

  async picture({ id, ...change }, phone, _context, { directory }) {
    phone.reply(id, await directory.setPicture(phone, change))
  },

  async business({ id, profile }, phone, _context, { directory }) {
    await directory.setBusiness(phone, profile)
    phone.reply(id, {})
  },

  async block({ id, add, numbers }, phone, _context, { directory }) {
    phone.reply(id, { blocked: [...(await directory.block(phone, add, numbers))] })
  },

  async roster({ id, numbers, since }, phone, _context, { directory }) {
    phone.reply(id, await directory.saveRoster(phone, numbers, since))
  },
}
