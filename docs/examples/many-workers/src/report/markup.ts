/** Text as it stands in HTML and SVG. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Fits lanes of any number; neighbours differ in hue and in brightness. */
const colours = ['#4c78d8', '#e08a2c', '#2f9e6e', '#b25bb5', '#c9463d', '#6b7a90'];

export const colourOf = (lane: number) => colours[lane % colours.length] ?? '#6b7a90';
