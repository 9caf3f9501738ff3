// npm start: installs and compiles what is missing, then starts everything (src/bin/start.ts).
import { load } from './lib/checkout.mjs';
import { prepare } from './lib/prepare.mjs';

if (await prepare()) await load('dist', 'bin', 'start.js');
