/** What a person sees who opens the phones' address: which phones there are, and how to talk to them. No script. */
import type { PhoneStatus } from './phone-views.ts'

export function frontPage(phones: readonly PhoneStatus[], address: string): string {
  const rows = phones.map(
    ({ number, name, state, device, companions }) => `
      <tr><th scope="row">${escaped(name)}</th><td>${number}</td><td>${state}</td>
      <td>${device.batteryPercent} %</td><td>${companions.length}</td>
      <td><a href="/phones/${number}/chats">chats</a></td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Tether phones</title>
  <style>
    :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
    body { max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem }
    h1 { font: 700 2rem/1.2 ui-serif, Georgia, serif }
    table { border-collapse: collapse; width: 100% }
    th, td { text-align: start; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8884 }
    pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; border-radius: .75rem }
  </style>
  <h1>Phones</h1>
  <p>These phones hold every key and every message. They are driven over HTTP;
    <a href="/openapi.json">openapi.json</a> describes how.</p>
  <table>
    <thead><tr><th>name<th>number<th>state<th>battery<th>linked browsers<th></thead>
    <tbody>${rows.join('')}
    </tbody>
  </table>
  <h2>Link a browser</h2>
  <p>Open the browser client, open “The code as text” below its code, copy the text, and let a phone scan it:</p>
  <pre>curl -X POST ${escaped(address)}/phones/${phones[0]?.number ?? 'NUMBER'}/scan \\
  -H 'content-type: application/json' \\
  -d '{"qr": "PASTE THE TEXT HERE", "consent": {"grant": true}}'</pre>
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
