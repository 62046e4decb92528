/** What tests about sending look at: a message as it is shown, and what went over the wire. */
import type { Node } from 'proto/node'
import { decodeWebMessage, type WebMessageInfo } from 'proto/web-message'
import type { ChatMessage } from '../src/message.ts'
import { BOB } from './scripted-phone.ts'
import type { ScriptedRelay } from './scripted-relay.ts'
import { newWorld, type World } from './world.ts'

export async function paired(): Promise<World> {
  const world = newWorld()
  await world.pair()
  return world
}

/** A server that takes every upload. */
export async function pairedWithFiles(): Promise<World> {
  const world = newWorld(null, async (path) => {
    const { pathname } = new URL(path, 'http://relay')
    return Response.json({ url: `http://relay${pathname}`, direct_path: pathname })
  })
  await world.pair()
  return world
}

const PHOTO = {
  type: 'image',
  mimetype: 'image/png',
  caption: 'the sea',
  data: Uint8Array.of(1, 2, 3),
} as const

export async function photoIn(world: World): Promise<string> {
  const sent = world.client.media.send(BOB, PHOTO)
  await world.clock.run(1)
  return (await sent).id
}

/** A message to Bob. */
export const named = (world: World, id: string): ChatMessage | undefined =>
  world.client.messages(BOB).find((message) => message.id === id)

export const statusOf = (world: World, id: string): ChatMessage['status'] | undefined =>
  named(world, id)?.status

/** Requests to send a message, oldest first. */
export const relays = (world: World): ScriptedRelay['end']['nodes'] =>
  world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay')

/** The message that was sent last. */
export const lastInfo = (world: World): WebMessageInfo =>
  decodeWebMessage((relays(world).at(-1)!.node.content as Node[])[0].content as Uint8Array)
