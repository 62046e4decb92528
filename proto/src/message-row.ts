/** What one row of the message tables says. The tables: browser-requests, browser-pushes, browser-nodes. */
import type { TSchema } from 'typebox'

export type Role = 'browser' | 'server' | 'phone'

export interface MessageRow {
  readonly from: Role
  readonly to: Role
  /** `everyone`: the server reads it as well. `endpoints`: sealed between browser and phone. */
  readonly readableBy: 'everyone' | 'endpoints'
  /** `documented`: seen on the wire or in client code. `inferred`: shape concluded from one side. `ours`: we decided. */
  readonly basis: 'documented' | 'inferred' | 'ours'
  /** Section of the wire specification. */
  readonly spec: string
  readonly about: string
  /** Shape of the JSON after the tag, of the whole text frame, or of the node. */
  readonly body: TSchema
  /** What comes back under the same tag; absent when nothing does. */
  readonly answer?: TSchema
}

/** A JSON message: an array that begins with these words. */
export interface JsonRow extends MessageRow {
  readonly begins: readonly [string, ...string[]]
}

/** A node with this tag, `type` attribute (`add` for pushes) and first child, where the row names them. */
export interface NodeRow extends MessageRow {
  readonly node: {
    readonly tag: string
    readonly type?: string
    readonly add?: string
    readonly child?: string
  }
}
