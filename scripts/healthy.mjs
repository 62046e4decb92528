/** `node healthy.mjs URL`: ends well when the address answers with 2xx. */
const response = await fetch(process.argv[2]).catch(() => null)
process.exit(response?.ok ? 0 : 1)
