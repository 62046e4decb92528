/** The three themes, side by side; nothing where the page follows the one around it. */
import type { JSX } from 'preact'
import { Icon, type IconName } from './icons.tsx'
import { Segments } from './switch.tsx'
import { type Theme, type ThemeChoice, themes } from './theme.ts'

const faces: Readonly<Record<Theme, readonly [icon: IconName, word: string]>> = {
  system: ['system', 'System'],
  light: ['sun', 'Light'],
  dark: ['moon', 'Dark'],
}

export function ThemeSwitch({ choice }: { readonly choice: ThemeChoice }): JSX.Element | null {
  if (choice.isFollowing.value) return null
  return (
    <Segments
      label="Theme"
      value={choice.theme.value}
      options={themes.map((theme) => ({
        value: theme,
        label: (
          <>
            <Icon name={faces[theme][0]} /> {faces[theme][1]}
          </>
        ),
      }))}
      onChange={(theme) => choice.choose(theme)}
    />
  )
}
