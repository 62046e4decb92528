/** Pages of other sites at the doors (research S9): what only looks like an allowed Origin is none. */
import { handshake } from '../raw-socket.ts'
import type { CaseClass, SocketCase } from '../socket-case.ts'
import { http } from './http-text.ts'

const ALLOWED = 'https://web.whatsapp.com'

const opens = (does: string, path: string, changes: Record<string, string | null>): SocketCase => ({
  does,
  from: 'tcp',
  writes: [handshake(path, changes)],
  back: { answers: [101], goesOn: true },
})

/** `goesOn`: a refused request leaves its connection as it is, a refused upgrade ends it. */
const foreign = (does: string, write: string, back: { readonly goesOn?: true } = {}): SocketCase => ({
  does,
  from: 'tcp',
  writes: [write],
  back: { answers: [403], ...back },
  counts: { 'errors TETHER_ERR_ORIGIN': 1 },
})

/** Values of the header, as Latin-1; each is refused at /ws. */
const FOREIGN: readonly string[] = [
  '', 'null', 'NULL', 'undefined', '*', 'file://', 'about:blank', 'data:text/html,x', 'blob:https://web.whatsapp.com/1',
  'http://web.whatsapp.com', 'HTTPS://web.whatsapp.com', 'https://WEB.whatsapp.com', 'https://Web.WhatsApp.Com',
  'wss://web.whatsapp.com', 'ftp://web.whatsapp.com', 'https:web.whatsapp.com', 'https:/web.whatsapp.com',
  'https:///web.whatsapp.com', '//web.whatsapp.com', 'web.whatsapp.com', 'https://web.whatsapp.com.',
  'https://web.whatsapp.com:443', 'https://web.whatsapp.com:80', 'https://web.whatsapp.com:8443',
  'https://web.whatsapp.com/', 'https://web.whatsapp.com/x', 'https://web.whatsapp.com?x', 'https://web.whatsapp.com#x',
  'https://user@web.whatsapp.com', 'https://web.whatsapp.com@evil.example', 'https://a:b@web.whatsapp.com',
  'https://evil.example', 'https://evil.web.whatsapp.com', 'https://web.whatsapp.com.evil.example',
  'https://webXwhatsapp.com', 'https://whatsapp.com', 'https://xn--eb-iia.whatsapp.com', 'https://web.whats%61pp.com',
  'https://web\\.whatsapp.com', 'https://evil.example?https://web.whatsapp.com', 'http://localhost:1', 'http://127.0.0.1',
  '"https://web.whatsapp.com"', 'https://web.whatsapp.com;x', 'https://web.whatsapp.com https://evil.example',
  'https://evil.example, null', 'https://web.what\xd1\x95app.com', 'https://web.whatsapp.com\xa0', 'http://[::1]',
] // prettier-ignore

export const origins: CaseClass = {
  title: 'Origin',
  policy:
    '/ws wants an allowed Origin, byte for byte, or that of its own page; /phone and HTTP want none that is foreign',
  cases: [
    opens('comes from its own page', '/ws', { Host: 'localhost:8080', Origin: 'http://localhost:8080' }),
    opens('comes with two Origins of which one is allowed', '/ws', { origin: 'https://evil.example' }),
    opens('comes with an allowed Origin in white space', '/ws', { Origin: ` \t${ALLOWED}\t ` }),
    foreign('comes without an Origin at /ws', handshake('/ws', { Origin: null })),
    foreign('has its own page at a Host that is not ours', handshake('/ws', { Host: 'evil.example', Origin: 'http://evil.example' })),
    foreign('speaks the Origin of version 8 alone', handshake('/ws', { Origin: null, 'Sec-WebSocket-Origin': ALLOWED })),
    foreign('comes to /phone as a page', handshake('/phone', { Origin: ALLOWED })),
    foreign('comes to /phone as its own page', handshake('/phone', { Host: 'localhost', Origin: 'http://localhost' })),
    foreign('asks for the metrics as a page elsewhere', http('GET /metrics HTTP/1.1', 'Host: localhost', `Origin: ${ALLOWED}`), { goesOn: true }),
    ...FOREIGN.map((origin) => foreign(`comes from ${JSON.stringify(origin)}`, handshake('/ws', { Origin: origin }))),
  ],
} // prettier-ignore
