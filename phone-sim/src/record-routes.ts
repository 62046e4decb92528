/** The part of the phones' HTTP side that is about keys and the record: what is there, never what is in it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { recordCsv } from './record-csv.ts'
import { describe, list } from './route-schema.ts'

type Call = FastifyRequest<{ Params: { number: string }; Querystring: { limit?: string } }>

const RECORDS_PER_PAGE = 100
const ALL = Number.MAX_SAFE_INTEGER

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addRecordRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.get(
    '/phones/:number/keys',
    describe('the keys of the vault: name, purpose, age and use', {
      params: api.ByNumber,
      answer: list(api.KeyBody),
    }),
    ({ params }: Call) => the(params.number).keys(),
  )
  app.get(
    '/phones/:number/record',
    describe(
      'what was consented, changed, rotated, revoked and refused; oldest first, limit is 100 when absent',
      {
        params: api.ByNumber,
        querystring: api.Limit,
        answer: list(api.RecordBody),
      },
    ),
    ({ params, query }: Call) => the(params.number).auditRecords(Number(query.limit ?? RECORDS_PER_PAGE)),
  )
  app.get(
    '/phones/:number/record.json',
    describe('the whole record, to keep', { params: api.ByNumber, answer: list(api.RecordBody) }),
    ({ params }: Call, reply) => {
      void reply.header('content-disposition', attachment(params.number, 'json'))
      return the(params.number).auditRecords(ALL)
    },
  )
  app.get(
    '/phones/:number/record.csv',
    { schema: { summary: 'the whole record as a table, to keep', params: api.ByNumber } },
    ({ params }: Call, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', attachment(params.number, 'csv'))
        .send(recordCsv(the(params.number).auditRecords(ALL))),
  )
}

function attachment(number: string, ending: string): string {
  return `attachment; filename="record-${number.replace(/[^0-9]/g, '')}.${ending}"`
}
