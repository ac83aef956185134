/*
 * Runs in the page and returns, for every element with text of its own, how far its colour stands out against the
 * ground below it, as WCAG 2 reckons it.
 */
(() => {
  const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);

  const over = ([r, g, b, alpha = 1], ground) =>
    [r, g, b].map((part, at) => part * alpha + ground[at] * (1 - alpha));

  const groundOf = (element) => {
    if (!element) return [255, 255, 255];
    const [r, g, b, alpha = 1] = numbers(getComputedStyle(element).backgroundColor);
    return alpha === 1 ? [r, g, b] : over([r, g, b, alpha], groundOf(element.parentElement));
  };

  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  const contrastOf = (element) => {
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = over(numbers(element.tagName === 'text' ? style.fill : style.color), ground);
    const [darker, lighter] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    return (lighter + 0.05) / (darker + 0.05);
  };

  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');

  return [...document.body.querySelectorAll('*')]
    .filter((element) => hasText(element) && element.getClientRects().length > 0)
    .map((element) => ({ text: element.textContent.trim().slice(0, 60), contrast: contrastOf(element) }));
})();
