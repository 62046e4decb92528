export { pageBuild as default } from '../scripts/page-build.mjs'
