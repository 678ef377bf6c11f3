// Colours that colour-blind readers can tell apart; the same scales as the program's pictures (apps/draw/colour.cpp).

const kSequential = ['#ffffff', '#e3f2d4', '#b4dfc0', '#76c3be', '#3e9dba', '#2b72a8', '#2a4789', '#1b1d52'];
const kSequentialDark = ['#1d2126', '#1f3348', '#22506e', '#2b7396', '#3f9bb4', '#77c1bd', '#b9dfc4', '#eef6d8'];
const kDiverging = ['#1f4e79', '#3f83b8', '#9cc4de', '#f5f4f0', '#f3c08a', '#dd8232', '#8f4a0b'];
const kDivergingDark = ['#a9d8f5', '#4f9bd0', '#2b5878', '#1d2126', '#7a4d1c', '#d0863a', '#f8cd9b'];

const channels = (text) => [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16));

// Returns 256 colours [r, g, b] between those of a table.
function makeScale(table) {
  const parts = table.map(channels);
  return Array.from({ length: 256 }, (_, k) => {
    const place = (k / 255) * (parts.length - 1);
    const low = Math.min(Math.floor(place), parts.length - 2);
    return parts[low].map((c, i) => Math.round(c + (place - low) * (parts[low + 1][i] - c)));
  });
}

const kScales = { light: makeScale(kSequential), dark: makeScale(kSequentialDark), difference: makeScale(kDiverging), differenceDark: makeScale(kDivergingDark) };

const isDark = () => document.documentElement.classList.contains('dark');
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export { kScales, isDark, cssColour };
