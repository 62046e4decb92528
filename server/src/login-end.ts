/** The end of a login, whoever wants it: one gate for all of them (research S7). */
import type { Context } from './context.ts'
import type { Relay } from './relay.ts'
import type { LoginEnd } from './stores.ts'

/**
 * Ends it in the store; false when it was over already. From before the commit on nothing of this login is delivered;
 * when the store fails, it goes on as before. Who else has to hear of it is told by the caller.
 */
export async function endLogin(
  { clock, stores }: Context,
  relay: Relay,
  end: { readonly login: string; readonly number: string; readonly by: LoginEnd },
): Promise<boolean> {
  relay.ending.add(end.login)
  try {
    return await stores.logins.end({ ...end, at: clock.now() })
  } finally {
    relay.ending.delete(end.login)
  }
}
