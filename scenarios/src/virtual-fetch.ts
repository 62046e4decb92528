/** HTTP of a world without sockets, in the shape of fetch: time stands still until the answer is there. */
import type { World } from 'harness'

export async function virtualFetch(
  world: Pick<World, 'virtual' | 'server'>,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const { method = 'GET', body, headers = {}, signal } = init
  signal?.throwIfAborted()
  const answer = await world.virtual!.during(() =>
    world.server.app.inject({
      method: method as 'GET',
      url: path,
      headers: headers as Record<string, string>,
      ...(body instanceof Uint8Array && { payload: Buffer.from(body) }),
    }),
  )
  const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)])
  return new Response(new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers: told })
}
