/**
 * Lint rules. Two of them hold the design together: who may import whom, and the seam rule (time and randomness
 * come in as arguments). scenarios/test/layering.test.ts checks the imports once more, across files.
 */
import { existsSync } from 'node:fs'
import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Not workspaces: a script of their own installs them, and lint needs the types that it brings. */
const APART = ['bench', 'clients']
const PACKAGES = [
  'proto',
  'database',
  'server',
  'phone-sim',
  'look',
  'web-client',
  'harness',
  'fuzz',
  'scenarios',
  ...APART,
]
/** Only these may take time and randomness where they find them. */
const OUTERMOST = ['scenarios', ...APART]

/** Package → the packages it may import. Those not named here may import anything. */
const MAY_IMPORT = {
  proto: [],
  database: ['proto'],
  server: ['proto', 'database'],
  'phone-sim': ['proto', 'database', 'look'],
  look: ['proto'],
  'web-client': ['proto', 'look'],
  harness: ['proto', 'database', 'server', 'phone-sim'],
  fuzz: ['proto', 'server', 'phone-sim', 'web-client'],
}

/** Modules of proto that handle content keys. The relay is blind because it cannot import them. */
const KEY_MODULES = ['secret', 'seal', 'media', 'media-part', 'challenge', 'crypto-node', 'crypto-browser']

const RANDOM_NAMES = [
  'randomBytes',
  'randomUUID',
  'randomInt',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
  'generateKey',
  'generateKeySync',
  'generateKeyPair',
  'generateKeyPairSync',
  'pseudoRandomBytes',
  'webcrypto',
]
/** Functions of node:crypto that use a content key. */
const CONTENT_NAMES = [
  'createCipheriv',
  'createDecipheriv',
  'diffieHellman',
  'createECDH',
  'hkdfSync',
  'hkdf',
]

const seam = 'time and randomness are arguments: use Clock and Entropy (proto)'
const crypto = (names, message) =>
  ['node:crypto', 'crypto'].map((name) => ({ name, importNames: names, message }))
const seamImports = [
  ...crypto(RANDOM_NAMES, seam),
  ...[
    'node:timers',
    'timers',
    'node:timers/promises',
    'timers/promises',
    'node:perf_hooks',
    'perf_hooks',
  ].map((name) => ({ name, message: seam })),
]

function importRules(name, { seams }) {
  const forbidden = MAY_IMPORT[name]
    ? PACKAGES.filter((p) => p !== name && !MAY_IMPORT[name].includes(p))
    : []
  const patterns = [
    {
      regex: `(^|/)\\.\\./(${PACKAGES.join('|')})/`,
      message: 'import another package by its name, not by its path',
    },
  ]
  if (forbidden.length > 0) {
    patterns.push({ regex: `^(${forbidden.join('|')})(/|$)`, message: `${name} may not import this package` })
  }
  const paths = seams ? [...seamImports] : []
  if (name === 'server') {
    patterns.push({ regex: `^proto/(${KEY_MODULES.join('|')})$`, message: 'the relay holds no content key' })
    paths.push({ name: 'proto', message: 'name the module (proto/clock): the index reaches key modules' })
    if (seams) {
      paths.splice(
        0,
        2,
        ...crypto([...RANDOM_NAMES, ...CONTENT_NAMES], `${seam}; the relay holds no content key`),
      )
    }
  }
  if (seams && ['proto', 'look', 'web-client'].includes(name)) {
    patterns.push({ regex: '^node:', message: 'this package runs in browsers too' })
  }
  return { '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] }
}

const seamRules = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto'].map((name) => ({
      name,
      message: seam,
    })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: seam },
    { object: 'Math', property: 'random', message: seam },
    { object: 'process', property: 'hrtime', message: seam },
    ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto'].flatMap((property) => [
      { object: 'globalThis', property, message: seam },
      { object: 'window', property, message: seam },
    ]),
    ...RANDOM_NAMES.map((property) => ({ property, message: seam })),
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: seam },
    { selector: "CallExpression[callee.name='Date']", message: seam },
  ],
}

const typed = ['**/*.ts', '**/*.tsx']

const unready = APART.filter((name) => !existsSync(new URL(`${name}/node_modules`, import.meta.url))).map(
  (name) => `${name}/`,
)

export default tseslint.config(
  { ignores: unready },
  {
    ignores: [
      '**/dist/',
      '**/gen/',
      '**/generated/',
      '**/*.generated.ts',
      '**/*_pb.ts',
      '**/vectors/',
      '.tap/',
      '.tether/',
    ],
  },
  eslint.configs.recommended,
  {
    files: typed,
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `return this.#refuse()` ends a void function early: house style.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Seams are structural: any object of the right shape is a Link, a Clock or a socket.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // An async function may answer at once: ports answer with promises whoever implements them.
      '@typescript-eslint/require-await': 'off',
      // Index access is checked by bounds in the codecs; `!` says so at the place.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // Without noUncheckedIndexedAccess the rule takes list[0]?.x for needless, which it is not.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // There are no enums here, and these two cost a third of the time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      eqeqeq: ['error', 'always'],
    },
  },
  ...PACKAGES.map((name) => ({
    files: [`${name}/**/*.ts`, `${name}/**/*.tsx`],
    rules: importRules(name, { seams: false }),
  })),
  ...PACKAGES.filter((name) => !OUTERMOST.includes(name)).map((name) => ({
    files: [`${name}/src/**/*.ts`, `${name}/src/**/*.tsx`],
    rules: { ...importRules(name, { seams: true }), ...seamRules },
  })),
  {
    files: ['proto/src/system.ts', 'fuzz/src/stopwatch.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['proto/src/crypto-node.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: seamImports }] },
  },
  {
    files: ['**/{test,long}/**/*.ts', '**/test/**/*.tsx', ...OUTERMOST.map((name) => `${name}/**/*.ts`)],
    rules: {
      // Doubles and parts of worlds are taken apart by destructuring.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: '@tapjs/test', name: ['test'] }] },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
)
