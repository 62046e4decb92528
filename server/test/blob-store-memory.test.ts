import t from 'tap'
import { memoryBlobs } from '../src/blob-store-memory.ts'
import { blobContract } from './blob-store-contract.ts'

t.test('blobs in memory', (t) => blobContract(t, memoryBlobs))
