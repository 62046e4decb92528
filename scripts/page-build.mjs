/**
 * How Vite builds the pages. They are served from dist/page with a strict content policy: no inline script, no data:
 * addresses, no eval.
 * @type {import('vite').UserConfig}
 */
export const pageBuild = {
  base: '/',
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
  },
}
