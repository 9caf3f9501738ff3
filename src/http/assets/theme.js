'use strict';

// Runs before the first paint, so that a remembered theme never flashes and the controls that need scripts keep their place.
{
  const root = document.documentElement;
  root.classList.add('with-scripts');
  try {
    const theme = localStorage.getItem('pipefleet-theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch {
    // Storage is forbidden here: the system's theme it is.
  }
}
